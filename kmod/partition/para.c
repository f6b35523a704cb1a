// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypercalls of uapi/hvk_para.h (EL1, the vCPU's thread). Calls about time, events and
 * windows are answered here; all others go to the VMM, which knows names and consoles and
 * can read the guest's memory.
 *
 * A call that went to the VMM is finished by the next KVM_RUN. Until then its only state
 * in the module is vcpu->para.pending: the run page is no place for state, as the VMM may
 * write it at any time.
 */
#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/nospec.h>
#include <linux/sched.h>

#include "base/compat.h"
#include "base/host.h"
#include "core/kick.h"
#include "irq/vgic.h"
#include "partition/channel.h"
#include "partition/para.h"
#include "sched/block.h"
#include "sched/frame.h"
#include "time/counter.h"
#include "uapi/hvk_para.h"

/* An hrtimer is set for 100 years at most: no deadline farther away matters. */
#define FOREVER_NS	(100ULL * 366 * 86400 * NSEC_PER_SEC)

/* A result as x0 returns it: errors are negative 64-bit numbers. */
#define RESULT(err)	((u64)(s64)(err))

u64 hvk_para_now(struct hvk_vcpu *vcpu)
{
	return mul_u64_u32_div(hvk_vtimer_count(vcpu), NSEC_PER_SEC,
			       hvk_host.cntfrq);
}

/* The time until ns (guest's time), FOREVER_NS at most; 0: it has passed. */
static ktime_t until(struct hvk_vcpu *vcpu, u64 ns)
{
	u64 now = hvk_para_now(vcpu);

	return ns_to_ktime(ns > now ? min(ns - now, FOREVER_NS) : 0);
}

/* --- the timer ------------------------------------------------------------- */

static enum hrtimer_restart timer_expired(struct hrtimer *hrt)
{
	struct hvk_vcpu *vcpu = container_of(hrt, struct hvk_vcpu, para.timer);
	ktime_t left = until(vcpu, vcpu->para.deadline_ns);

	/*
	 * CLOCK_MONOTONIC's rate is adjusted (NTP), the guest's counter's is not: the hrtimer
	 * may expire before the deadline in the guest's time.
	 */
	if (left) {
		hrtimer_forward_now(hrt, left);
		return HRTIMER_RESTART;
	}
	hvk_vgic_pulse(vcpu->vm, vcpu, HVK_PARA_TIMER_INTID);
	return HRTIMER_NORESTART;
}

static u64 timer_set(struct hvk_vcpu *vcpu)
{
	struct hvk_para *para = &vcpu->para;

	if (!vcpu->vm->vgic.ready)
		return RESULT(HVK_PARA_ENOSUP);
	hrtimer_cancel(&para->timer);
	para->deadline_ns = hvk_get_x(vcpu, 1);
	hrtimer_start(&para->timer, until(vcpu, para->deadline_ns),
		      HRTIMER_MODE_REL_HARD);
	return HVK_PARA_OK;
}

static u64 timer_cancel(struct hvk_vcpu *vcpu)
{
	hvk_set_x(vcpu, 1, hrtimer_cancel(&vcpu->para.timer));
	return HVK_PARA_OK;
}

static u64 time_now(struct hvk_vcpu *vcpu)
{
	hvk_set_x(vcpu, 1, hvk_para_now(vcpu));
	return HVK_PARA_OK;
}

/* --- waiting --------------------------------------------------------------- */

static enum hrtimer_restart wait_expired(struct hrtimer *hrt)
{
	struct hvk_vcpu *vcpu = container_of(hrt, struct hvk_vcpu, para.wake);

	WRITE_ONCE(vcpu->para.wait, HVK_WAIT_OVER);
	hvk_vcpu_kick(vcpu);
	return HRTIMER_NORESTART;
}

/*
 * vcpu->wakes: whether HVK_PARA_WAIT is over, because of an event or its deadline. Any
 * context.
 */
static bool wakes(struct hvk_vcpu *vcpu)
{
	switch (READ_ONCE(vcpu->para.wait)) {
	case HVK_WAIT_NONE:
		return false;
	case HVK_WAIT_ON:
		return hvk_channel_unmasked(vcpu->vm);
	default:
		return true;
	}
}

static u64 wait(struct hvk_vcpu *vcpu)
{
	struct hvk_para *para = &vcpu->para;
	u64 deadline = hvk_get_x(vcpu, 1);
	bool over;

	hvk_frame_started(vcpu);
	WRITE_ONCE(para->wait, HVK_WAIT_ON);
	if (deadline != HVK_PARA_FOREVER)
		hrtimer_start(&para->wake, until(vcpu, deadline),
			      HRTIMER_MODE_REL_HARD);
	hvk_vcpu_block(vcpu);
	hrtimer_cancel(&para->wake);
	over = READ_ONCE(para->wait) == HVK_WAIT_OVER;
	WRITE_ONCE(para->wait, HVK_WAIT_NONE);
	return RESULT(over ? HVK_PARA_ETIMEDOUT : HVK_PARA_OK);
}

static u64 yield_turn(struct hvk_vcpu *vcpu)
{
	hvk_frame_started(vcpu);
	if (!hvk_frame_yield(vcpu))
		cond_resched();
	return HVK_PARA_OK;
}

static u64 window(struct hvk_vcpu *vcpu)
{
	struct hvk_frame_place *place = &vcpu->place;
	s64 to_guest;

	if (!place->sched)
		return RESULT(HVK_PARA_ENOENT);
	/* The present difference between guest's time and CLOCK_MONOTONIC. */
	to_guest = hvk_para_now(vcpu) - ktime_get_ns();
	hvk_set_x(vcpu, 1, place->start_ns + to_guest);
	hvk_set_x(vcpu, 2, place->end_ns + to_guest);
	hvk_set_x(vcpu, 3, READ_ONCE(place->cuts));
	return HVK_PARA_OK;
}

/* --- events ---------------------------------------------------------------- */

static u64 event_notify(struct hvk_vcpu *vcpu)
{
	hvk_frame_started(vcpu);
	return RESULT(hvk_channel_notify(vcpu->vm, hvk_get_x(vcpu, 1)));
}

static u64 event_mask(struct hvk_vcpu *vcpu)
{
	u64 mask = hvk_get_x(vcpu, 2);

	if (mask > 1)
		return RESULT(HVK_PARA_EINVAL);
	return RESULT(hvk_channel_mask(vcpu->vm, hvk_get_x(vcpu, 1), mask));
}

static u64 event_pending(struct hvk_vcpu *vcpu)
{
	u64 left, taken = hvk_channel_take(vcpu->vm, hvk_get_x(vcpu, 1), &left);

	hvk_frame_started(vcpu);
	hvk_set_x(vcpu, 1, taken);
	hvk_set_x(vcpu, 2, left);
	return HVK_PARA_OK;
}

/* --- the table ------------------------------------------------------------- */

static u64 features(struct hvk_vcpu *vcpu);

/* Which VMs have a call: all, or those with HVK_PARA_TO_VMM. */
enum need {
	NEEDS_NOTHING = 1,
	NEEDS_SYSTEM,
};

#define CALL(fn)	((fn) - HVK_PARA_FN_BASE)

/* hvk's hypercalls. The VMM answers those for which `answer` is NULL. */
static const struct {
	u8 need;
	u64 (*answer)(struct hvk_vcpu *vcpu);	/* sets x1 to x3, returns x0 */
} calls[] = {
	[CALL(HVK_PARA_FEATURES)]		= { NEEDS_NOTHING, features },
	[CALL(HVK_PARA_CONSOLE_PUTC)]	= { NEEDS_SYSTEM },
	[CALL(HVK_PARA_CONSOLE_WRITE)]	= { NEEDS_SYSTEM },
	[CALL(HVK_PARA_INFO)]		= { NEEDS_SYSTEM },
	[CALL(HVK_PARA_TIME_NOW)]		= { NEEDS_NOTHING, time_now },
	[CALL(HVK_PARA_TIMER_SET)]	= { NEEDS_NOTHING, timer_set },
	[CALL(HVK_PARA_TIMER_CANCEL)]	= { NEEDS_NOTHING, timer_cancel },
	[CALL(HVK_PARA_YIELD)]		= { NEEDS_NOTHING, yield_turn },
	[CALL(HVK_PARA_WAIT)]		= { NEEDS_NOTHING, wait },
	[CALL(HVK_PARA_EVENT_NOTIFY)]	= { NEEDS_SYSTEM, event_notify },
	[CALL(HVK_PARA_EVENT_MASK)]	= { NEEDS_SYSTEM, event_mask },
	[CALL(HVK_PARA_EVENT_PENDING)]	= { NEEDS_SYSTEM, event_pending },
	[CALL(HVK_PARA_CHANNEL_INFO)]	= { NEEDS_SYSTEM },
	[CALL(HVK_PARA_SHARED_INFO)]	= { NEEDS_SYSTEM },
	[CALL(HVK_PARA_WINDOW)]		= { NEEDS_NOTHING, window },
	[CALL(HVK_PARA_HALT)]		= { NEEDS_SYSTEM },
	[CALL(HVK_PARA_REBOOT)]		= { NEEDS_SYSTEM },
	[CALL(HVK_PARA_HEALTH)]		= { NEEDS_SYSTEM },
};

/* EL2 leaves these numbers to this file and answers others: el2/image/answer.c. */
static_assert(HVK_FAST_PARA_BASE == HVK_PARA_FN_BASE);
static_assert(ARRAY_SIZE(calls) <= HVK_FAST_PARA_MAX);

/* Whether the VM has call n of the table. */
static bool provided(const struct hvk_vm *vm, unsigned int n)
{
	return calls[n].need == NEEDS_NOTHING ||
	       (vm->para_flags & HVK_PARA_TO_VMM);
}

static u64 features(struct hvk_vcpu *vcpu)
{
	unsigned int n;
	u64 mask = 0;

	for (n = 0; n < ARRAY_SIZE(calls); n++)
		if (provided(vcpu->vm, n))
			mask |= BIT_ULL(n);
	hvk_set_x(vcpu, 1, mask);
	return HVK_PARA_OK;
}

/* Call UID query (DEN0028 7.2): w0 to w3 hold the UID, the upper halves of x0 to x3 are 0. */
static int identify(struct hvk_vcpu *vcpu)
{
	static const u32 uid[] = { HVK_PARA_UID_0, HVK_PARA_UID_1,
				   HVK_PARA_UID_2, HVK_PARA_UID_3 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(uid); i++)
		hvk_set_x(vcpu, i, uid[i]);
	return 1;
}

/* Fills the run page for KVM_EXIT_HYPERCALL. Exit contract: 0. */
static int ask_vmm(struct hvk_vcpu *vcpu, u32 fn)
{
	struct kvm_run *run = vcpu->run;
	unsigned int i;

	run->exit_reason = KVM_EXIT_HYPERCALL;
	memset(&run->hypercall, 0, sizeof(run->hypercall));
	run->hypercall.nr = fn;
	for (i = 0; i < 3; i++)
		run->hypercall.args[i] = hvk_get_x(vcpu, i + 1);
	run->hypercall.ret = RESULT(HVK_PARA_ENOSUP);
	vcpu->para.pending = true;
	return 0;
}

void hvk_para_finish(struct hvk_vcpu *vcpu)
{
	unsigned int i;

	vcpu->para.pending = false;
	/* Not checked: the values only go into the guest's registers. */
	hvk_set_x(vcpu, 0, READ_ONCE(vcpu->run->hypercall.ret));
	for (i = 0; i < 3; i++)
		hvk_set_x(vcpu, i + 1, READ_ONCE(vcpu->run->hypercall.args[i]));
}

bool hvk_para_is_call(u32 fn)
{
	return fn == HVK_PARA_UID || fn == HVK_PARA_REVISION ||
	       (fn >= HVK_PARA_FN_BASE &&
		fn - HVK_PARA_FN_BASE < ARRAY_SIZE(calls));
}

int hvk_para_call(struct hvk_vcpu *vcpu, u32 fn)
{
	unsigned int n;

	if (fn == HVK_PARA_UID)
		return identify(vcpu);
	if (fn == HVK_PARA_REVISION) {
		hvk_set_x(vcpu, 0, HVK_PARA_MAJOR);
		hvk_set_x(vcpu, 1, HVK_PARA_MINOR);
		return 1;
	}
	n = array_index_nospec(fn - HVK_PARA_FN_BASE, ARRAY_SIZE(calls));
	if (!provided(vcpu->vm, n)) {
		hvk_set_x(vcpu, 0, RESULT(HVK_PARA_ENOSUP));
		return 1;
	}
	if (!calls[n].answer)
		return ask_vmm(vcpu, fn);
	hvk_set_x(vcpu, 0, calls[n].answer(vcpu));
	return 1;
}

/* --- life ------------------------------------------------------------------ */

int hvk_para_enable(struct hvk_vm *vm, const struct hvk_vm_para *args)
{
	int err = 0;

	if (args->pad || args->flags & ~(HVK_PARA_TO_VMM | HVK_PARA_LOCKED))
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (vm->nr_vcpus)
		err = -EBUSY;
	else
		vm->para_flags = args->flags;
	mutex_unlock(&vm->lock);
	return err;
}

void hvk_para_vcpu_init(struct hvk_vcpu *vcpu)
{
	vcpu->wakes = wakes;
	hvk_hrtimer_setup(&vcpu->para.timer, timer_expired, CLOCK_MONOTONIC,
			  HRTIMER_MODE_REL_HARD);
	hvk_hrtimer_setup(&vcpu->para.wake, wait_expired, CLOCK_MONOTONIC,
			  HRTIMER_MODE_REL_HARD);
}

void hvk_para_vcpu_reset(struct hvk_vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->para.timer);
	vcpu->para.pending = false;
}

void hvk_para_vcpu_destroy(struct hvk_vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->para.timer);
	hrtimer_cancel(&vcpu->para.wake);
}
