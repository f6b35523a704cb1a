// SPDX-License-Identifier: GPL-2.0-only
/*
 * The RUN loop of a vCPU (EL1, process context). core/kick.c describes how entries and kicks
 * are ordered; waiting is in sched/block.c.
 */
#include <linux/context_tracking.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/vtime.h>

#include <asm/sysreg.h>

#include "base/compat.h"
#include "base/host.h"
#include "base/esr.h"
#include "core/kick.h"
#include "el2/call.h"
#include "el2/own.h"
#include "irq/dir.h"
#include "irq/direct.h"
#include "irq/init.h"
#include "irq/lr.h"
#include "irq/resample.h"
#include "memory/vmid.h"
#include "partition/para.h"
#include "run/reset.h"
#include "run/run.h"
#include "run/unfinished.h"
#include "sched/block.h"
#include "sched/frame.h"
#include "sched/guestwork.h"
#include "sched/stay.h"
#include "time/counter.h"
#include "time/vtimer.h"
#include "trap/dabt.h"
#include "trap/exit.h"
#include "trap/fast.h"
#include "trap/guestdbg.h"
#include "trap/inject.h"
#include "trap/mmio.h"

/* --- requests ------------------------------------------------------------ */

/* Handles vcpu->requests, which includes waiting while powered off or suspended. Exit contract. */
static int handle_requests(struct hvk_vcpu *vcpu)
{
	if (READ_ONCE(vcpu->vm->dead))
		return -EIO;
	if (!hvk_has_requests(vcpu))
		return 1;
	clear_bit(HVK_REQ_SYNC, &vcpu->requests);
	clear_bit(HVK_REQ_NEW_VMID, &vcpu->requests);
	if (test_and_clear_bit(HVK_REQ_TRAP_DIR, &vcpu->requests))
		hvk_vgic_trap_dir(vcpu->vm);
	if (test_and_clear_bit(HVK_REQ_PTIMER, &vcpu->requests))
		hvk_ptimer_restart(vcpu);
	hvk_run_apply_reset(vcpu);
	if (test_and_clear_bit(HVK_REQ_PAUSE, &vcpu->requests) &&
	    READ_ONCE(vcpu->powered_off)) {
		int ret = hvk_vcpu_wait_for_power(vcpu);

		/* Still off: the next round or the next KVM_RUN has to wait again. */
		if (READ_ONCE(vcpu->powered_off))
			set_bit(HVK_REQ_PAUSE, &vcpu->requests);
		return ret;
	}
	if (test_and_clear_bit(HVK_REQ_SUSPEND, &vcpu->requests) &&
	    READ_ONCE(vcpu->suspended)) {
		int ret = hvk_vcpu_wait_suspended(vcpu);

		/* The vCPU is suspended until the VMM sets another MP state. */
		if (READ_ONCE(vcpu->suspended))
			set_bit(HVK_REQ_SUSPEND, &vcpu->requests);
		return ret;
	}
	return 1;
}

/* --- one entry ----------------------------------------------------------- */

/*
 * EL2 gives back Q0-Q31 as it found them, and what is above them is lost: with SVE or SME the
 * kernel saves what any thread has in the registers, around each entry. Preemption off,
 * interrupts on.
 */
static __always_inline void hvk_fp_begin(void)
{
	if (unlikely(hvk_host.more_than_fp))
		hvk_neon_begin();
}

static __always_inline void hvk_fp_end(void)
{
	if (unlikely(hvk_host.more_than_fp))
		hvk_neon_end();
}

/* hvk_el2_run() for a guest that its VMM debugs. Interrupts off. */
static noinline int run_debugged(struct hvk_vcpu *vcpu)
{
	int exit;

	hvk_guestdbg_load(vcpu);
	exit = hvk_el2_run(vcpu->ctx_el2);
	hvk_guestdbg_put(vcpu);
	return exit;
}

/*
 * Enters the guest once, with all state that belongs to an entry. HVK_EXIT_*, or without
 * having been in the guest: -EAGAIN (requests, work, window, VMID or EL2 first), -EBUSY (KVM
 * has EL2 of this CPU), -EIO.
 */
static int enter(struct hvk_vcpu *vcpu)
{
	u64 start;
	int exit;

	preempt_disable();
	hvk_fp_begin();
	hvk_stay_begin(vcpu);
	local_irq_disable();
	WRITE_ONCE(vcpu->mode, HVK_IN_GUEST);
	/* Release: with the state come the interface that load wrote (answer_gic.h). */
	smp_store_release(&vcpu->ctx->shared.state, HVK_VCPU_IN_GUEST);
	/* The mode is set before the kick word is cleared: pairs with hvk_vcpu_kick(). */
	smp_mb();
	WRITE_ONCE(vcpu->ctx->shared.kick, 0);
	/*
	 * The kick word is cleared before requests and interrupts are read: a kick whose
	 * news these reads miss sets it again.
	 */
	smp_mb();
	exit = hvk_vmid_update(vcpu);
	if (exit)
		goto out;
	if (hvk_has_requests(vcpu) || hvk_work_pending() ||
	    !hvk_frame_enter(vcpu)) {
		exit = -EAGAIN;
		goto out;
	}

	hvk_vmid_claim(vcpu);
	if (vcpu->flush_local) {
		vcpu->flush_local = hvk_el2_tlbi_local(vcpu->ctx->cfg.vttbr,
						       vcpu->ctx->cfg.vtcr);
	}
	hvk_counter_flush(vcpu);
	hvk_vtimer_flush(vcpu);
	hvk_direct_take_sgis(vcpu);
	hvk_vgic_flush(vcpu);
	vtime_account_guest_enter();
	/* Guest mode is in no RCU read-side section: report it as a quiescent state. */
	if (!context_tracking_guest_enter() && time_after(jiffies, vcpu->noted)) {
		/* Once in a tick is enough: RCU's grace periods are longer. */
		vcpu->noted = jiffies;
		hvk_rcu_note_guest();
	}

	start = read_sysreg(cntpct_el0);
	exit = likely(!vcpu->dbg.control) ? hvk_el2_run(vcpu->ctx_el2) :
					    run_debugged(vcpu);
	WRITE_ONCE(vcpu->guest_ticks,
		   vcpu->guest_ticks + read_sysreg(cntpct_el0) - start);

	context_tracking_guest_exit();
	if (exit < 0) {
		hvk_vgic_cancel(vcpu);
		exit = hvk_el2_lost();
	} else {
		hvk_vgic_sync(vcpu);
	}
	hvk_vtimer_sync(vcpu, exit);
	hvk_frame_left(vcpu);
	WRITE_ONCE(vcpu->ctx->shared.state, HVK_VCPU_AWAY);
	/* The state is taken back before others may see the vCPU outside (kick.c). */
	smp_store_release(&vcpu->mode, HVK_OUTSIDE);
	/*
	 * The host takes the interrupt that ended guest mode here; the time until then
	 * is accounted to the guest.
	 */
	local_irq_enable();
	isb();	/* a pending interrupt is taken before the next line (DDI 0487 D1.13.4) */
	local_irq_disable();
	vtime_account_guest_exit();
	local_irq_enable();
	hvk_stay_end(vcpu);
	hvk_fp_end();
	preempt_enable();
	/* Before the exit is handled, which may block: a VMM may be waiting for the EOI. */
	if (unlikely(vcpu->vgic.has_acked))
		hvk_resample_ack(vcpu);
	return exit;

out:
	WRITE_ONCE(vcpu->ctx->shared.state, HVK_VCPU_AWAY);
	/* Not entered: there is no state to take back, and release is only for symmetry. */
	smp_store_release(&vcpu->mode, HVK_OUTSIDE);
	local_irq_enable();
	hvk_stay_end(vcpu);
	hvk_fp_end();
	preempt_enable();
	return exit;
}

/* Handles the exit reason that EL2 returned. Exit contract. */
static int handle(struct hvk_vcpu *vcpu, int exit)
{
	bool serror = exit & HVK_EXIT_F_SERROR;

	if (likely(exit == HVK_EXIT_SYNC)) {
		/* Most of these, and those that a guest waits for: by a direct branch. */
		if (likely(hvk_esr_ec(vcpu->ctx->exit.esr) == HVK_EC_DABT_LOW))
			return hvk_data_abort(vcpu);
		return hvk_handle_exit(vcpu);
	}
	switch (hvk_exit_reason(exit)) {
	case HVK_EXIT_KICK:
		if (vcpu->ctx->fast.wake | vcpu->ctx->fast.recheck)
			hvk_direct_finish(vcpu);
		fallthrough;
	case HVK_EXIT_IRQ:
		hvk_count(vcpu, HVK_STAT_IRQ);
		if (serror)
			hvk_inject_serror(vcpu);
		return 1;
	case HVK_EXIT_SERROR:
		hvk_inject_serror(vcpu);
		return 1;
	case HVK_EXIT_SYNC:
		/*
		 * With an SError: the guest takes that first and then executes the
		 * instruction again. Only an HVC has advanced the PC already (DDI 0487
		 * D1.10.1).
		 */
		hvk_inject_serror(vcpu);
		if (hvk_esr_ec(vcpu->ctx->exit.esr) == HVK_EC_HVC64)
			vcpu->ctx->pc -= 4;
		return 1;
	default:	/* HVK_EXIT_ILLEGAL */
		vcpu->run->exit_reason = KVM_EXIT_FAIL_ENTRY;
		vcpu->run->fail_entry.hardware_entry_failure_reason = 0;
		vcpu->run->fail_entry.cpu = raw_smp_processor_id();
		return -EINVAL;
	}
}

/* One round of the RUN loop: requests, window, work, entry, exit. Exit contract. */
static int one_round(struct hvk_vcpu *vcpu)
{
	int ret;

	ret = handle_requests(vcpu);
	if (ret <= 0)
		return ret;
	ret = hvk_frame_wait(vcpu);
	if (ret <= 0)
		return ret;
	/* After the waits, which end for a signal: a thread that slept has work to do. */
	if (unlikely(hvk_work_maybe())) {
		ret = hvk_guest_work();
		if (ret)
			return ret;
	}
	if (unlikely(vcpu->unfinished.due))
		return hvk_unfinished_step(vcpu);

	ret = enter(vcpu);
	if (ret >= 0)
		return handle(vcpu, ret);
	if (ret == -EBUSY) {	/* KVM has taken EL2 of this CPU */
		ret = hvk_el2_reclaim();
	} else if (ret == -EAGAIN && hvk_el2_is_held_off()) {
		ret = hvk_el2_wait();
	} else if (ret == -EAGAIN) {
		hvk_vmid_wait(vcpu->vm);
		ret = 0;
	}
	return ret ? ret : 1;
}

/* --- KVM_RUN ------------------------------------------------------------- */

/*
 * The first KVM_RUN fixes settings of the VM. It does so in one step under vm->lock, which
 * all these settings take: each is either seen here or refused from now on. If it fails,
 * nothing is fixed.
 */
static int first_run(struct hvk_vcpu *vcpu)
{
	struct hvk_vm *vm = vcpu->vm;
	int err;

	if (likely(vcpu->has_run))
		return 0;
	mutex_lock(&vm->lock);
	err = hvk_vgic_first_run(vcpu);
	if (!err)
		err = hvk_vtimer_first_run(vcpu);
	if (!err) {
		hvk_fast_first_run(vcpu);
		vm->has_run = true;
		vcpu->has_run = true;
	}
	mutex_unlock(&vm->lock);
	return err;
}

/* Switches to KVM_SET_SIGNAL_MASK's mask, if there is one, and (in = false) back. */
static void sigmask_swap(struct hvk_vcpu *vcpu, bool in)
{
	if (!vcpu->sigset_active)
		return;
	if (in) {
		sigprocmask(SIG_SETMASK, &vcpu->sigset, &current->real_blocked);
	} else {
		sigprocmask(SIG_SETMASK, &current->real_blocked, NULL);
		sigemptyset(&current->real_blocked);
	}
}

static int run(struct hvk_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	int ret = 1;

	if (vcpu->para.pending)
		hvk_para_finish(vcpu);
	if (vcpu->mmio.pending) {
		ret = hvk_mmio_finish(vcpu);
		if (ret <= 0)
			return ret;
	}
	if (hvk_immediate_exit(run))
		return -EINTR;

	hvk_vcpu_load(vcpu);
	sigmask_swap(vcpu, true);
	run->exit_reason = KVM_EXIT_UNKNOWN;
	run->flags = 0;
	while (ret > 0)
		ret = one_round(vcpu);
	sigmask_swap(vcpu, false);
	hvk_vcpu_put(vcpu);
	if (ret == -EINTR)
		run->exit_reason = KVM_EXIT_INTR;
	return ret;
}

int hvk_vcpu_run(struct hvk_vcpu *vcpu)
{
	int ret;

	if (!vcpu->initialised)
		return -ENOEXEC;
	ret = first_run(vcpu);
	if (ret)
		return ret;
	ret = hvk_frame_begin(vcpu);
	if (ret)
		return ret;
	if (unlikely(vcpu->task != current))
		hvk_kick_set_task(vcpu, current);
	ret = run(vcpu);
	hvk_frame_end(vcpu);
	return ret;
}

void hvk_run_init(struct hvk_vcpu *vcpu)
{
	vcpu->noted = jiffies;
	hvk_kick_init(vcpu);
	spin_lock_init(&vcpu->reset_lock);
	hvk_stay_init(vcpu);
}

void hvk_run_exit(struct hvk_vcpu *vcpu)
{
	hvk_kick_set_task(vcpu, NULL);
	hvk_stay_exit(vcpu);
}
