// SPDX-License-Identifier: GPL-2.0-only
/*
 * The RUN loop of a vCPU (process context). How an entry and a kick meet is told
 * in kick.c, waiting is in block.c.
 */
#include <linux/context_tracking.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/vtime.h>

#include <asm/sysreg.h>

#include "base/compat.h"
#include "base/esr.h"
#include "core/kick.h"
#include "el2/call.h"
#include "el2/own.h"
#include "irq/dir.h"
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
#include "trap/exit.h"
#include "trap/guestdbg.h"
#include "trap/inject.h"
#include "trap/mmio.h"

/* --- requests ------------------------------------------------------------ */

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

		/* Look again with the next RUN, or now. */
		if (READ_ONCE(vcpu->powered_off))
			set_bit(HVK_REQ_PAUSE, &vcpu->requests);
		return ret;
	}
	if (test_and_clear_bit(HVK_REQ_SUSPEND, &vcpu->requests) &&
	    READ_ONCE(vcpu->suspended)) {
		int ret = hvk_vcpu_wait_suspended(vcpu);

		/* It lasts until the VMM ends it. */
		if (READ_ONCE(vcpu->suspended))
			set_bit(HVK_REQ_SUSPEND, &vcpu->requests);
		return ret;
	}
	return 1;
}

/* --- one entry ----------------------------------------------------------- */

/* What enter() asks of hvk_el2_run(), for a guest that its VMM debugs. */
static noinline int run_debugged(struct hvk_vcpu *vcpu)
{
	int exit;

	hvk_guestdbg_load(vcpu);
	exit = hvk_el2_run(vcpu->ctx_pa);
	hvk_guestdbg_put(vcpu);
	return exit;
}

/*
 * Into the guest and back. HVK_EXIT_*, or -EAGAIN (something to do first),
 * -EBUSY, -EIO.
 */
static int enter(struct hvk_vcpu *vcpu)
{
	u64 start;
	int exit;

	preempt_disable();
	hvk_stay_begin(vcpu);
	local_irq_disable();
	WRITE_ONCE(vcpu->mode, HVK_IN_GUEST);
	/* The mode before the kick word: pairs with hvk_vcpu_kick(). */
	smp_mb();
	WRITE_ONCE(vcpu->ctx->shared.kick, 0);
	/* The word is clear before the news is looked for. */
	smp_mb();
	exit = hvk_vmid_update(vcpu);
	if (exit)
		goto out;
	if (hvk_has_requests(vcpu) || hvk_work_pending() ||
	    !hvk_frame_enter(vcpu)) {
		exit = -EAGAIN;
		goto out;
	}

	if (vcpu->flush_local) {
		vcpu->flush_local = false;
		hvk_el2_tlbi_local(vcpu->ctx->cfg.vttbr, vcpu->ctx->cfg.vtcr);
	}
	hvk_counter_flush(vcpu);
	hvk_vtimer_flush(vcpu);
	hvk_vgic_flush(vcpu);
	vtime_account_guest_enter();
	/* A guest holds no RCU reference: its time is a quiescent state. */
	if (!context_tracking_guest_enter())
		hvk_rcu_note_guest();

	start = read_sysreg(cntpct_el0);
	exit = likely(!vcpu->dbg.control) ? hvk_el2_run(vcpu->ctx_pa) :
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
	/* After the state was taken back. */
	smp_store_release(&vcpu->mode, HVK_OUTSIDE);
	/*
	 * The interrupt that ended guest mode is taken here, and the time up
	 * to then is the guest's.
	 */
	local_irq_enable();
	isb();	/* it is taken before the next line (DDI 0487 D1.13.4) */
	local_irq_disable();
	vtime_account_guest_exit();
	local_irq_enable();
	hvk_stay_end(vcpu);
	preempt_enable();
	/* Before anything looks at the exit: the VMM may wait for it. */
	if (unlikely(vcpu->vgic.has_acked))
		hvk_resample_ack(vcpu);
	return exit;

out:
	/* Nothing was loaded; the barrier is for the reader's sake. */
	smp_store_release(&vcpu->mode, HVK_OUTSIDE);
	local_irq_enable();
	hvk_stay_end(vcpu);
	preempt_enable();
	return exit;
}

/* Handles the exit reason that EL2 returned. Exit contract. */
static int handle(struct hvk_vcpu *vcpu, int exit)
{
	bool serror = exit & HVK_EXIT_F_SERROR;

	switch (hvk_exit_reason(exit)) {
	case HVK_EXIT_IRQ:
	case HVK_EXIT_KICK:
		hvk_count(vcpu, HVK_STAT_IRQ);
		if (serror)
			hvk_inject_serror(vcpu);
		return 1;
	case HVK_EXIT_SERROR:
		hvk_inject_serror(vcpu);
		return 1;
	case HVK_EXIT_SYNC:
		if (!serror)
			return hvk_handle_exit(vcpu);
		/*
		 * The abort comes first; the instruction is executed again.
		 * Only an HVC has moved the PC (DDI 0487 D1.10.1).
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

static int one_round(struct hvk_vcpu *vcpu)
{
	int ret;

	ret = hvk_guest_work();
	if (ret)
		return ret;
	ret = handle_requests(vcpu);
	if (ret <= 0)
		return ret;
	ret = hvk_frame_wait(vcpu);
	if (ret <= 0)
		return ret;
	if (unlikely(vcpu->unfinished.due))
		return hvk_unfinished_step(vcpu);

	ret = enter(vcpu);
	if (ret >= 0)
		return handle(vcpu, ret);
	if (ret == -EBUSY) {	/* KVM answers where we were */
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
 * In one step, under the lock of all that is fixed from here on: a setting is
 * seen by it or refused, and a RUN that fails has fixed nothing.
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
		vm->has_run = true;
		vcpu->has_run = true;
	}
	mutex_unlock(&vm->lock);
	return err;
}

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
	int ret = 1;

	if (vcpu->para.pending)
		hvk_para_finish(vcpu);
	if (vcpu->mmio.pending)
		ret = hvk_mmio_finish(vcpu);
	if (ret <= 0)
		return ret;
	if (hvk_immediate_exit(vcpu->run))
		return -EINTR;

	hvk_vcpu_load(vcpu);
	sigmask_swap(vcpu, true);
	vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	vcpu->run->flags = 0;
	while (ret > 0)
		ret = one_round(vcpu);
	sigmask_swap(vcpu, false);
	hvk_vcpu_put(vcpu);
	if (ret == -EINTR)
		vcpu->run->exit_reason = KVM_EXIT_INTR;
	return ret;
}

int hvk_vcpu_run(struct hvk_vcpu *vcpu)
{
	int ret;

	if (!vcpu->initialised)
		return -ENOEXEC;
	if (READ_ONCE(vcpu->vm->dead))
		return -EIO;
	ret = first_run(vcpu);
	if (ret)
		return ret;
	ret = hvk_frame_begin(vcpu);
	if (ret)
		return ret;
	hvk_kick_set_task(vcpu, current);
	ret = run(vcpu);
	hvk_frame_end(vcpu);
	return ret;
}

void hvk_run_init(struct hvk_vcpu *vcpu)
{
	hvk_kick_init(vcpu);
	spin_lock_init(&vcpu->reset_lock);
	hvk_stay_init(vcpu);
}

void hvk_run_exit(struct hvk_vcpu *vcpu)
{
	hvk_kick_set_task(vcpu, NULL);
	hvk_stay_exit(vcpu);
}
