// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cyclic schedule as it runs (EL1).
 *
 * On each CPU with windows an hrtimer fires at each window's start and end. These times
 * are computed from the schedule's start, never from the previous expiry, so that nothing
 * drifts. The timer's interrupt ends guest mode, as any interrupt does. Its handler stores
 * the index of the open window in hvk_sched_cpu.now and wakes that window's vCPU. A vCPU
 * checks `now` right before it enters, with interrupts off, so that it is in the guest in
 * its own windows alone; the timer that ends the window takes it out again.
 *
 * vCPU threads are SCHED_FIFO within KVM_RUN, and outside at most as long as their window is
 * open (fifo.h): whatever the VMM does for a partition whose window is over, the next
 * window's vCPU preempts it. Threads in KVM_RUN do not preempt each other (their priorities are
 * equal), but a thread whose window is over soon reaches the check before the entry, and
 * sleeps.
 */
#include <linux/cpumask.h>
#include <linux/ktime.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>

#include "base/compat.h"
#include "core/kick.h"
#include "sched/fifo.h"
#include "sched/frame_cpu.h"
#include "sched/frame_run.h"
#include "sched/stay.h"

/* The least time until the first frame: by then the timers of all CPUs should be set. */
#define START_DELAY_NS	(2 * NSEC_PER_MSEC)

struct hvk_sched_cpu *hvk_sched_cpu(struct hvk_sched *sched, int cpu)
{
	unsigned int i;

	for (i = 0; i < sched->nr_cpus; i++)
		if (sched->cpu[i].cpu == cpu)
			return &sched->cpu[i];
	return NULL;
}

static void add(u64 *counter, u64 n)
{
	WRITE_ONCE(*counter, *counter + n);
}

static void raise_to(u64 *largest, u64 n)
{
	if (n > *largest)
		WRITE_ONCE(*largest, n);
}

/* --- the trace --------------------------------------------------------------- */

/* Appends a record, or counts it as lost if the ring is full. On c's CPU, interrupts off. */
static void trace(struct hvk_sched_cpu *c, u32 event, unsigned int window,
		  u64 ns)
{
	u32 head = c->trace_head;
	struct hvk_trace *record = &c->trace[head % HVK_TRACE_RECORDS];

	/* The reader's copy of the record in this slot comes before it is overwritten. */
	if (head - smp_load_acquire(&c->trace_tail) >= HVK_TRACE_RECORDS) {
		c->trace_lost++;
		return;
	}
	record->ns = ns;
	record->event = event;
	record->cpu = c->cpu;
	record->window = window;
	record->lost = c->trace_lost;
	c->trace_lost = 0;
	/* The record is written before the head that announces it. */
	smp_store_release(&c->trace_head, head + 1);
}

bool hvk_sched_trace_take(struct hvk_sched_cpu *c, struct hvk_trace *record)
{
	u32 tail = c->trace_tail;

	lockdep_assert_held(&c->sched->lock);
	/* The head is read before the records that it announces: pairs with trace(). */
	if (tail == smp_load_acquire(&c->trace_head))
		return false;
	*record = c->trace[tail % HVK_TRACE_RECORDS];
	/* The record is read before the writer may reuse its slot: pairs with trace(). */
	smp_store_release(&c->trace_tail, tail + 1);
	return true;
}

/* --- the timer --------------------------------------------------------------- */

static u64 start_of(const struct hvk_sched_cpu *c, unsigned int window)
{
	return c->frame_ns + c->sched->window[window].conf.offset_ns;
}

static u64 end_of(const struct hvk_sched_cpu *c, unsigned int window)
{
	return start_of(c, window) + c->sched->window[window].conf.length_ns;
}

/* Whether the place's vCPU has entered the guest in this window of the present frame. */
static bool entered(const struct hvk_sched_cpu *c, unsigned int window,
		    const struct hvk_frame_place *place)
{
	return place->window == window &&
	       place->start_ns == start_of(c, window);
}

/*
 * At the end of a window: counts it as lost if its vCPU was ready and never entered, as
 * (start-up) cut if the vCPU was still working.
 */
static void judge(struct hvk_sched_cpu *c, unsigned int window,
		  struct hvk_frame_place *place, u64 now)
{
	struct hvk_window_stats *stats = &c->sched->window[window].stats;

	lockdep_assert_held(&c->lock);
	if (!entered(c, window, place)) {
		if (READ_ONCE(place->ready)) {
			add(&stats->lost, 1);
			trace(c, HVK_TRACE_LOST, window, now);
		}
	} else if (place->working && READ_ONCE(place->started)) {
		add(&stats->cuts, 1);
		add(&place->cuts, 1);
		trace(c, HVK_TRACE_OVERRUN, window, now);
	} else if (place->working) {
		add(&stats->startup_cuts, 1);
		trace(c, HVK_TRACE_STARTUP, window, now);
	}
}

static void window_ends(struct hvk_sched_cpu *c, unsigned int window, u64 now)
{
	struct hvk_sched_window *w = &c->sched->window[window];

	raw_spin_lock(&c->lock);
	if (w->vcpu)
		judge(c, window, &w->vcpu->place, now);
	raw_spin_unlock(&c->lock);
	trace(c, HVK_TRACE_WINDOW_END, window, now);
	c->next = window + 1;
	WRITE_ONCE(c->now, -1);
	hvk_fifo_end(&c->fifo);
	if (c->next == c->first + c->nr) {
		c->next = c->first;
		c->frame_ns += c->sched->major_ns;
	}
}

static void window_starts(struct hvk_sched_cpu *c, u64 now)
{
	unsigned int window = c->next;
	struct hvk_sched_window *w = &c->sched->window[window];

	c->given_up = false;
	WRITE_ONCE(c->now, window);
	trace(c, HVK_TRACE_WINDOW_START, window, now);
	raw_spin_lock(&c->lock);
	if (w->vcpu)
		rcuwait_wake_up(&w->vcpu->wait);
	raw_spin_unlock(&c->lock);
}

/*
 * When the timer has to fire next (CLOCK_MONOTONIC): at the end of `window`, which is open,
 * or at the next window's start if none is (-1).
 */
static u64 next_event(const struct hvk_sched_cpu *c, int window)
{
	return window >= 0 ? end_of(c, window) : start_of(c, c->next);
}

static void wake_all(struct hvk_sched *sched)
{
	unsigned long flags;
	unsigned int i, k;

	for (i = 0; i < sched->nr_cpus; i++) {
		struct hvk_sched_cpu *c = &sched->cpu[i];

		raw_spin_lock_irqsave(&c->lock, flags);
		for (k = c->first; k < c->first + c->nr; k++)
			if (sched->window[k].vcpu)
				hvk_vcpu_kick(sched->window[k].vcpu);
		raw_spin_unlock_irqrestore(&c->lock, flags);
	}
}

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct hvk_sched_cpu *c = container_of(timer, struct hvk_sched_cpu,
					       timer);
	u64 now = ktime_get_ns();
	int window;

	/* The kernel has moved the timer here from a CPU that went offline. */
	if (smp_processor_id() != c->cpu) {
		WRITE_ONCE(c->sched->failed, true);
		WRITE_ONCE(c->now, -1);
		hvk_fifo_end(&c->fifo);
		wake_all(c->sched);
		return HRTIMER_NORESTART;
	}
	/* A call that comes late handles all starts and ends that are due, one by one. */
	for (window = READ_ONCE(c->now); now >= next_event(c, window);
	     window = READ_ONCE(c->now)) {
		if (window >= 0)
			window_ends(c, window, now);
		else
			window_starts(c, now);
	}
	hrtimer_set_expires(timer, ns_to_ktime(next_event(c, window)));
	return HRTIMER_RESTART;
}

/* Called on the CPU whose timer it starts (pinned), interrupts off. */
static void start_here(void *arg)
{
	struct hvk_sched_cpu *c = arg;

	c->frame_ns = c->sched->start_ns;
	c->next = c->first;
	hrtimer_start(&c->timer, ns_to_ktime(next_event(c, READ_ONCE(c->now))),
		      HRTIMER_MODE_ABS_PINNED_HARD);
}

/*
 * Called on c's own CPU while that is online, so that `now` does not change there between
 * a vCPU's check and its entry, which have interrupts off.
 */
static void stop_here(void *arg)
{
	struct hvk_sched_cpu *c = arg;

	WRITE_ONCE(c->now, -1);
}

void hvk_sched_cpu_init(struct hvk_sched_cpu *c)
{
	raw_spin_lock_init(&c->lock);
	c->now = -1;
	hvk_hrtimer_setup(&c->timer, tick, CLOCK_MONOTONIC,
			  HRTIMER_MODE_ABS_PINNED_HARD);
}

int hvk_sched_start(struct hvk_sched *sched, u64 start_ns)
{
	bool failed = READ_ONCE(sched->failed);
	unsigned int i;
	int err;

	lockdep_assert_held(&sched->lock);
	if (sched->running && !failed)
		return -EBUSY;
	/* The timers of the CPUs that stayed online may still run. */
	if (failed)
		hvk_sched_stop(sched);
	/* Before the first timer is set: it sets `failed` if its CPU goes offline again. */
	WRITE_ONCE(sched->failed, false);
	sched->start_ns = max(start_ns, ktime_get_ns() + START_DELAY_NS);
	for (i = 0; i < sched->nr_cpus; i++) {
		struct hvk_sched_cpu *c = &sched->cpu[i];

		hvk_fifo_bind(&c->fifo, c->cpu);
		err = smp_call_function_single(c->cpu, start_here, c, 1);
		if (err) {	/* offline */
			/* Before vCPUs are woken: they look at it. */
			if (failed)
				WRITE_ONCE(sched->failed, true);
			hvk_sched_stop(sched);
			return -ENODEV;
		}
	}
	sched->running = true;
	return 0;
}

void hvk_sched_stop(struct hvk_sched *sched)
{
	unsigned int i;

	lockdep_assert_held(&sched->lock);
	for (i = 0; i < sched->nr_cpus; i++) {
		struct hvk_sched_cpu *c = &sched->cpu[i];

		hrtimer_cancel(&c->timer);
		if (smp_call_function_single(c->cpu, stop_here, c, 1))
			stop_here(c);	/* the CPU is offline: no vCPU enters there */
		hvk_fifo_end_sync(&c->fifo);
	}
	sched->running = false;
	/* vCPUs in the guest leave it; those that wait check whether the schedule has failed. */
	wake_all(sched);
}

/* --- the vCPU's side ---------------------------------------------------------- */

void hvk_sched_unregister(struct hvk_vcpu *vcpu)
{
	struct hvk_frame_place *place = &vcpu->place;
	struct hvk_sched *sched = place->sched;
	struct hvk_sched_cpu *c;
	unsigned int i;

	if (place->cpu < 0)
		return;
	c = hvk_sched_cpu(sched, place->cpu);
	raw_spin_lock_irq(&c->lock);
	for (i = c->first; i < c->first + c->nr; i++)
		if (sched->window[i].vcpu == vcpu)
			WRITE_ONCE(sched->window[i].vcpu, NULL);
	raw_spin_unlock_irq(&c->lock);
	place->cpu = -1;
}

/*
 * Registers the vCPU for its owner's windows on this CPU, instead of those on the CPU where
 * it was before. 0, -EINVAL (no such window), -EBUSY (another vCPU has one of them).
 */
static int register_on(struct hvk_vcpu *vcpu, int cpu)
{
	struct hvk_frame_place *place = &vcpu->place;
	struct hvk_sched *sched = place->sched;
	struct hvk_sched_cpu *c = hvk_sched_cpu(sched, cpu);
	unsigned int i;
	int err = -EINVAL;

	if (place->cpu == cpu)
		return 0;
	hvk_sched_unregister(vcpu);
	if (!c)
		return -EINVAL;
	raw_spin_lock_irq(&c->lock);
	/* All windows or none: a vCPU that fails here is registered on no CPU. */
	for (i = c->first; i < c->first + c->nr && err != -EBUSY; i++)
		if (sched->window[i].conf.owner == place->owner)
			err = sched->window[i].vcpu ? -EBUSY : 0;
	for (i = c->first; i < c->first + c->nr && !err; i++)
		if (sched->window[i].conf.owner == place->owner)
			WRITE_ONCE(sched->window[i].vcpu, vcpu);
	raw_spin_unlock_irq(&c->lock);
	if (!err)
		place->cpu = cpu;
	return err;
}

int hvk_place_begin(struct hvk_vcpu *vcpu)
{
	struct hvk_sched *sched = vcpu->place.sched;
	int err, cpu;

	if (READ_ONCE(sched->failed))
		return -ENODEV;
	if (cpumask_weight(current->cpus_ptr) != 1)
		return -EINVAL;
	cpu = cpumask_first(current->cpus_ptr);
	err = register_on(vcpu, cpu);
	if (!err)
		hvk_fifo_begin(&hvk_sched_cpu(sched, cpu)->fifo,
			       &vcpu->place.may_keep);
	return err;
}

/*
 * The index of the window that is open on c's CPU, if it is the vCPU's and not given up,
 * else -1. c is NULL for a CPU without windows.
 *
 * The caller uses the returned index and does not read c->now again: even with interrupts
 * off it may become -1, as tick() sets it from another CPU after c's went offline.
 */
static int own_window(const struct hvk_sched_cpu *c,
		      const struct hvk_vcpu *vcpu)
{
	int window = c ? READ_ONCE(c->now) : -1;

	if (window < 0 || READ_ONCE(c->given_up) ||
	    READ_ONCE(c->sched->window[window].vcpu) != vcpu)
		return -1;
	return window;
}

static bool may_run(struct hvk_vcpu *vcpu)
{
	struct hvk_sched *sched = vcpu->place.sched;

	return own_window(hvk_sched_cpu(sched, raw_smp_processor_id()),
			  vcpu) >= 0;
}

void hvk_place_end(struct hvk_vcpu *vcpu)
{
	struct hvk_sched_cpu *c;
	bool kept;

	WRITE_ONCE(vcpu->place.ready, false);
	local_irq_disable();
	c = hvk_sched_cpu(vcpu->place.sched, smp_processor_id());
	kept = vcpu->place.may_keep && own_window(c, vcpu) >= 0 &&
	       hvk_fifo_keep(&c->fifo);
	if (kept) {
		/* The thread was left before the look at the window; pairs with hvk_fifo_end(). */
		smp_mb();
		if (own_window(c, vcpu) < 0)
			kept = !hvk_fifo_unkeep(&c->fifo);
	}
	local_irq_enable();
	if (!kept)
		sched_set_normal(current, 0);
}

int hvk_place_wait(struct hvk_vcpu *vcpu)
{
	struct hvk_sched *sched = vcpu->place.sched;

	if (READ_ONCE(sched->failed))
		return -ENODEV;
	if (may_run(vcpu)) {
		/* The window is open: what delays the entry from here on is the vCPU's own work. */
		WRITE_ONCE(vcpu->place.ready, false);
		return 1;
	}
	hvk_vcpu_put(vcpu);
	WRITE_ONCE(vcpu->place.ready, true);
	rcuwait_wait_event(&vcpu->wait,
			   may_run(vcpu) || READ_ONCE(sched->failed) ||
			   hvk_has_requests(vcpu) ||
			   READ_ONCE(vcpu->vm->dead) || signal_pending(current),
			   TASK_INTERRUPTIBLE);
	hvk_vcpu_load(vcpu);
	return 1;
}

bool hvk_place_enter(struct hvk_vcpu *vcpu)
{
	struct hvk_frame_place *place = &vcpu->place;
	struct hvk_sched_cpu *c = hvk_sched_cpu(place->sched,
						smp_processor_id());
	int window = own_window(c, vcpu);
	struct hvk_sched_window *w;
	u64 now;

	if (window < 0)
		return false;
	now = ktime_get_ns();
	/* The window is over; its timer's interrupt is pending until interrupts are on. */
	if (now >= end_of(c, window))
		return false;
	place->working = true;
	WRITE_ONCE(place->ready, false);
	place->left_ns = now;
	if (entered(c, window, place))
		return true;

	w = &place->sched->window[window];
	place->window = window;
	place->start_ns = start_of(c, window);
	place->end_ns = end_of(c, window);
	add(&w->stats.runs, 1);
	add(&w->stats.start_sum_ns, now - place->start_ns);
	raise_to(&w->stats.start_max_ns, now - place->start_ns);
	trace(c, HVK_TRACE_ENTER, window, now);
	return true;
}

void hvk_place_left(struct hvk_vcpu *vcpu)
{
	struct hvk_frame_place *place = &vcpu->place;
	struct hvk_sched_window *w = &place->sched->window[place->window];
	struct hvk_sched_cpu *c = hvk_sched_cpu(place->sched,
						smp_processor_id());
	u64 now = ktime_get_ns();
	bool late;

	add(&w->stats.guest_ns, now - place->left_ns);
	if (now < place->end_ns)
		return;
	raise_to(&w->stats.end_max_ns, now - place->end_ns);
	late = now - place->end_ns > HVK_WINDOW_LATE_NS;
	if (late)
		add(&w->stats.late, 1);
	trace(c, late ? HVK_TRACE_LATE : HVK_TRACE_LEFT, place->window, now);
}

void hvk_place_started(struct hvk_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->place.started, true);
}

void hvk_place_idle(struct hvk_vcpu *vcpu, bool rest_of_window)
{
	struct hvk_frame_place *place = &vcpu->place;
	struct hvk_sched_cpu *c;
	int window;

	local_irq_disable();
	place->working = false;
	WRITE_ONCE(place->ready, false);
	c = hvk_sched_cpu(place->sched, smp_processor_id());
	window = rest_of_window ? own_window(c, vcpu) : -1;
	if (window >= 0) {
		WRITE_ONCE(c->given_up, true);
		trace(c, HVK_TRACE_YIELD, window, ktime_get_ns());
	}
	local_irq_enable();
}
