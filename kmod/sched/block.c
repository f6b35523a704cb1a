// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a vCPU that has nothing to run waits (process context): in WFI, powered off by
 * PSCI, or suspended by the VMM. hvk_vcpu_kick() makes it check its conditions again.
 */
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "base/compat.h"
#include "core/kick.h"
#include "irq/direct.h"
#include "irq/lr.h"
#include "irq/vgic.h"
#include "sched/block.h"
#include "sched/frame.h"
#include "sched/stay.h"
#include "time/vtimer.h"

/*
 * The longest poll before a sleep, in nanoseconds; 0: none. Polling ends a short wait
 * with less latency than a wake-up by the scheduler.
 */
static unsigned int halt_poll_ns = 500 * NSEC_PER_USEC;
module_param(halt_poll_ns, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns, "longest poll before a WFI sleeps, in ns (default 500000)");
#define POLL_START_NS	(10 * NSEC_PER_USEC)

static u32 longest_poll(const struct hvk_vm *vm)
{
	/* Pairs with vm_halt_poll(): halt_poll_ns is read after the flag that announces it. */
	return smp_load_acquire(&vm->own_halt_poll) ?
	       READ_ONCE(vm->halt_poll_ns) : READ_ONCE(halt_poll_ns);
}

/* HCR_EL2.VSE is set: a pending virtual SError ends WFI as an interrupt does. */
static bool serror_pending(struct hvk_vcpu *vcpu)
{
	return vcpu->ctx->cfg.hcr & HVK_HCR_VSE;
}

static bool wakes(struct hvk_vcpu *vcpu)
{
	hvk_direct_take_sgis(vcpu);
	return hvk_vgic_pending(vcpu) || serror_pending(vcpu) ||
	       vcpu->wakes(vcpu) ||
	       hvk_has_requests(vcpu) || hvk_immediate_exit(vcpu->run) ||
	       signal_pending(current);
}

/*
 * Polls for poll_ns from start on, and looks at the timer itself: no hrtimer is started for
 * that time, and the vCPU stays on its PE. true: the wait is over; false: the vCPU has to
 * sleep.
 */
static bool poll(struct hvk_vcpu *vcpu, ktime_t start)
{
	/* The limit may be lower than when poll_ns was set: it holds at once. */
	ktime_t end = ktime_add_ns(start, min(vcpu->poll_ns, longest_poll(vcpu->vm)));

	while (!need_resched()) {
		hvk_vtimer_poll(vcpu);
		if (wakes(vcpu))
			return true;
		if (ktime_after(ktime_get(), end))
			break;
		cpu_relax();
	}
	return false;
}

/*
 * Sets the next poll time after a sleep: longer if a poll within the limit could have
 * saved the sleep, 0 if none could.
 */
static void adapt_poll(struct hvk_vcpu *vcpu, u64 blocked_ns)
{
	u64 most = longest_poll(vcpu->vm);

	if (blocked_ns > most)
		vcpu->poll_ns = 0;
	else if (blocked_ns > vcpu->poll_ns)
		vcpu->poll_ns = clamp_t(u64, vcpu->poll_ns * 2, POLL_START_NS,
					most);
}

void hvk_vcpu_block(struct hvk_vcpu *vcpu)
{
	ktime_t start = ktime_get();

	/* A vCPU of a schedule sleeps at once: its window's remaining time is for other threads. */
	if (!hvk_frame_has_place(vcpu)) {
		hvk_vgic_note_mask(vcpu);
		if (poll(vcpu, start))
			return;
	}
	hvk_frame_idle(vcpu);
	hvk_vcpu_put(vcpu);
	hvk_vtimer_block(vcpu);
	WRITE_ONCE(vcpu->ctx->shared.state, HVK_VCPU_SLEEPS);
	/* The state is written before notes of SGIs are taken: see irq/direct.c. */
	smp_mb();
	rcuwait_wait_event(&vcpu->wait, wakes(vcpu), TASK_INTERRUPTIBLE);
	WRITE_ONCE(vcpu->ctx->shared.state, HVK_VCPU_AWAY);
	adapt_poll(vcpu, ktime_to_ns(ktime_sub(ktime_get(), start)));
	hvk_vtimer_unblock(vcpu);
	hvk_vcpu_load(vcpu);
}

int hvk_vcpu_wait_suspended(struct hvk_vcpu *vcpu)
{
	hvk_vcpu_block(vcpu);
	hvk_direct_take_sgis(vcpu);
	if (hvk_vgic_pending(vcpu) || serror_pending(vcpu))
		return hvk_exit_system_event(vcpu, KVM_SYSTEM_EVENT_WAKEUP);
	return signal_pending(current) || hvk_immediate_exit(vcpu->run) ?
	       -EINTR : 1;
}

int hvk_vcpu_wait_for_power(struct hvk_vcpu *vcpu)
{
	hvk_frame_idle(vcpu);
	hvk_vcpu_put(vcpu);
	rcuwait_wait_event(&vcpu->wait,
			   !READ_ONCE(vcpu->powered_off) ||
			   READ_ONCE(vcpu->vm->dead) || signal_pending(current),
			   TASK_INTERRUPTIBLE);
	hvk_vcpu_load(vcpu);
	return signal_pending(current) ? -EINTR : 1;
}
