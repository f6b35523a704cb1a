// SPDX-License-Identifier: GPL-2.0-only
/* The cyclic schedule as it runs, built for the machine that tests, on frame_bench.h's bench. */
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/signal_types.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <uapi/linux/sched/types.h>

#include "frame_bench.h"

static unsigned int this_cpu;	/* whose thread or interrupt it is */
static bool offline[FRAME_BENCH_CPUS];

#undef raw_smp_processor_id
#undef smp_processor_id
#define raw_smp_processor_id()	this_cpu
#define smp_processor_id()	this_cpu

/* --- what the kernel does for a thread ---------------------------------------- */

/* The thread of each vCPU, wherever it is. */
static struct task_struct {
	unsigned int *cpus_ptr;
	unsigned int policy, rt_priority;
	int users;
} threads[FRAME_BENCH_VCPUS], *current;

/* What another CPU does at a moment of its own, once. */
static void (*at_get)(void), (*at_set_normal)(void);

static void once(void (**what)(void))
{
	void (*now)(void) = *what;

	*what = NULL;
	if (now)
		now();
}

static void get_task_struct(struct task_struct *task)
{
	once(&at_get);
	task->users++;
}

#define put_task_struct(task)	((task)->users--)

#define TASK_INTERRUPTIBLE	1
#define cpumask_weight(mask)	((void)(mask), 1)
#define cpumask_first(mask)	(*(mask))
static void sched_set_normal(struct task_struct *task, int nice)
{
	once(&at_set_normal);
	task->policy = SCHED_NORMAL;
}

static bool may_be_fifo_itself;

#define RLIMIT_RTPRIO			14
#define rlimit(limit)			0ul
#define ns_capable_noaudit(ns, cap)	may_be_fifo_itself
#define set_cpus_allowed_ptr(task, mask) ((void)(mask))
#define signal_pending(task)	((void)(task), 0)
#define rcuwait_wake_up(wait)	((void)(wait))
#define rcuwait_wait_event(wait, condition, state)			\
	do {								\
		if (!(condition) && !frame_bench_sleep())		\
			KSHIM_DIE("nobody would wake it");		\
	} while (!(condition))

static int smp_call_function_single(int cpu, void (*fn)(void *arg), void *arg,
				    int wait)
{
	unsigned int back = this_cpu;

	if (offline[cpu])
		return -ENXIO;
	this_cpu = cpu;
	fn(arg);
	this_cpu = back;
	return 0;
}

static int sched_setattr_nocheck(struct task_struct *task,
				 const struct sched_attr *attr)
{
	if (task) {	/* else a worker, which has none here */
		task->policy = attr->sched_policy;
		task->rt_priority = attr->sched_priority;
	}
	return 0;
}

#include "../../kmod/sched/fifo.c"
#include "../../kmod/sched/frame_run.c"

void hvk_vcpu_kick(struct hvk_vcpu *vcpu)
{
}

void hvk_vcpu_load(struct hvk_vcpu *vcpu)
{
}

void hvk_vcpu_put(struct hvk_vcpu *vcpu)
{
}

u64 kshim_ktime_get_ns(void)
{
	return frame_bench_now();
}

/* --- the bench ------------------------------------------------------------------ */

static struct hvk_sched *sched;
static struct hvk_vm *vm;
static struct hvk_vcpu *vcpus;

void frame_bench_open(const struct frame_bench_window *windows, size_t nr,
		      uint64_t major_ns)
{
	struct hvk_sched_cpu *c = NULL;
	unsigned int i;

	sched = kzalloc(sizeof(*sched) + nr * sizeof(sched->window[0]),
			GFP_KERNEL);
	sched->cpu = kcalloc(FRAME_BENCH_CPUS, sizeof(*sched->cpu), GFP_KERNEL);
	sched->major_ns = major_ns;
	sched->nr_windows = nr;
	for (i = 0; i < nr; i++) {
		sched->window[i].conf = (struct hvk_window) {
			.cpu = windows[i].cpu,
			.owner = windows[i].owner,
			.offset_ns = windows[i].offset_ns,
			.length_ns = windows[i].length_ns,
		};
		if (!c || c->cpu != (int)windows[i].cpu) {
			c = &sched->cpu[sched->nr_cpus++];
			c->sched = sched;
			c->cpu = windows[i].cpu;
			c->first = i;
			c->trace = kcalloc(HVK_TRACE_RECORDS, sizeof(*c->trace),
					   GFP_KERNEL);
			hvk_sched_cpu_init(c);
			BUG_ON(hvk_fifo_init(&c->fifo, c->cpu));
		}
		c->nr++;
	}
	may_be_fifo_itself = true;
	vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	vcpus = kcalloc(FRAME_BENCH_VCPUS, sizeof(*vcpus), GFP_KERNEL);
	for (i = 0; i < FRAME_BENCH_VCPUS; i++) {
		threads[i] = (struct task_struct) { .cpus_ptr = &this_cpu };
		vcpus[i].vm = vm;
		vcpus[i].place = (struct hvk_frame_place) {
			.sched = sched, .owner = i, .cpu = -1, .window = -1,
		};
	}
}

void frame_bench_close(void)
{
	unsigned int i;

	for (i = 0; i < FRAME_BENCH_VCPUS; i++)
		hvk_sched_unregister(&vcpus[i]);
	for (i = 0; i < sched->nr_windows; i++)
		BUG_ON(sched->window[i].vcpu);
	for (i = 0; i < sched->nr_cpus; i++) {
		hvk_fifo_destroy(&sched->cpu[i].fifo);
		kfree(sched->cpu[i].trace);
	}
	for (i = 0; i < FRAME_BENCH_VCPUS; i++)
		BUG_ON(threads[i].users);
	kfree(sched->cpu);
	kfree(sched);
	kfree(vcpus);
	kfree(vm);
}

int frame_bench_start(uint64_t start_ns)
{
	int err;

	mutex_lock(&sched->lock);
	err = hvk_sched_start(sched, start_ns);
	mutex_unlock(&sched->lock);
	return err;
}

void frame_bench_stop(void)
{
	mutex_lock(&sched->lock);
	hvk_sched_stop(sched);
	mutex_unlock(&sched->lock);
}

void frame_bench_set_online(unsigned int cpu, bool online)
{
	offline[cpu] = !online;
}

/* The module runs in this thread on this CPU: vCPU n's own is thread n. */
static void in_thread(unsigned int thread, unsigned int cpu)
{
	this_cpu = cpu;
	current = &threads[thread];
}

int frame_bench_begin(unsigned int vcpu, unsigned int cpu)
{
	return frame_bench_begin_as(vcpu, vcpu, cpu);
}

int frame_bench_begin_as(unsigned int thread, unsigned int vcpu, unsigned int cpu)
{
	in_thread(thread, cpu);
	return hvk_place_begin(&vcpus[vcpu]);
}

bool frame_bench_enter(unsigned int vcpu, unsigned int cpu)
{
	in_thread(vcpu, cpu);
	return hvk_place_enter(&vcpus[vcpu]);
}

void frame_bench_left(unsigned int vcpu, unsigned int cpu)
{
	in_thread(vcpu, cpu);
	hvk_place_left(&vcpus[vcpu]);
}

void frame_bench_idle(unsigned int vcpu, unsigned int cpu, bool rest_of_window)
{
	in_thread(vcpu, cpu);
	hvk_place_idle(&vcpus[vcpu], rest_of_window);
}

void frame_bench_wait(unsigned int vcpu, unsigned int cpu)
{
	in_thread(vcpu, cpu);
	hvk_place_wait(&vcpus[vcpu]);
}

void frame_bench_end(unsigned int vcpu, unsigned int cpu)
{
	frame_bench_end_as(vcpu, vcpu, cpu);
}

void frame_bench_end_as(unsigned int thread, unsigned int vcpu, unsigned int cpu)
{
	in_thread(thread, cpu);
	hvk_place_end(&vcpus[vcpu]);
}

void frame_bench_started(unsigned int vcpu)
{
	hvk_place_started(&vcpus[vcpu]);
}

uint64_t frame_bench_due(unsigned int cpu)
{
	struct hrtimer *timer = &hvk_sched_cpu(sched, cpu)->timer;

	return timer->active ? timer->expires : 0;
}

void frame_bench_fire(unsigned int cpu, unsigned int on)
{
	struct hrtimer *timer = &hvk_sched_cpu(sched, cpu)->timer;
	unsigned int back = this_cpu;

	this_cpu = on;
	timer->active = timer->function(timer) == HRTIMER_RESTART;
	/* The worker is what runs next on its CPU. */
	kthread_flush_work(&hvk_sched_cpu(sched, cpu)->fifo.work);
	this_cpu = back;
}

bool frame_bench_is_fifo(unsigned int thread)
{
	return threads[thread].policy == SCHED_FIFO &&
	       threads[thread].rt_priority == VCPU_PRIORITY;
}

bool frame_bench_has_to_wait(unsigned int thread)
{
	struct task_struct *back = current;
	bool waits;

	current = &threads[thread];
	waits = being_ended();
	current = back;
	return waits;
}

void frame_bench_set_policy(unsigned int thread, bool fifo, unsigned int priority)
{
	threads[thread].policy = fifo ? SCHED_FIFO : SCHED_NORMAL;
	threads[thread].rt_priority = priority;
}

void frame_bench_privileged(bool may_be_fifo)
{
	may_be_fifo_itself = may_be_fifo;
}

void frame_bench_when_kept(void (*what)(void))
{
	at_get = what;
}

void frame_bench_when_ended(void (*what)(void))
{
	at_set_normal = what;
}

int frame_bench_window_of(unsigned int vcpu)
{
	return vcpus[vcpu].place.window;
}

struct frame_bench_stats frame_bench_stats_of(unsigned int window)
{
	const struct hvk_window_stats *stats = &sched->window[window].stats;

	return (struct frame_bench_stats) {
		stats->runs, stats->cuts, stats->late, stats->startup_cuts, stats->lost,
	};
}

bool frame_bench_trace(unsigned int cpu, struct frame_bench_record *record)
{
	struct hvk_trace from;
	bool there;

	mutex_lock(&sched->lock);
	there = hvk_sched_trace_take(hvk_sched_cpu(sched, cpu), &from);
	mutex_unlock(&sched->lock);
	if (there)
		*record = (struct frame_bench_record) { from.ns, from.event,
							from.cpu, from.window };
	return there;
}
