/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU, as everybody in the module knows it (EL1).
 *
 * The exit contract, for every function that handles an exit: > 0 go on in
 * the guest, 0 to the VMM (the run page is filled), < 0 errno.
 */
#ifndef HVK_CORE_VCPU_H
#define HVK_CORE_VCPU_H

#include <linux/bits.h>
#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/signal_types.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "core/unfinished.h"
#include "core/vm.h"
#include "el2/image/el2_abi.h"
#include "irq/vgic_state.h"
#include "partition/para_state.h"
#include "sched/frame_state.h"
#include "sched/stay_state.h"
#include "time/vtimer_state.h"
#include "trap/guestdbg_state.h"
#include "trap/insn_state.h"
#include "uapi/hvk.h"

struct kvm_run;
struct task_struct;

/* Bit numbers in vcpu->requests; the vCPU handles them before its next entry. */
#define HVK_REQ_PAUSE		0	/* powered off or to be: look at vcpu->power */
#define HVK_REQ_RESET		1	/* PSCI CPU_ON wrote vcpu->reset */
#define HVK_REQ_SUSPEND		2	/* KVM_MP_STATE_SUSPENDED: look at vcpu->suspended */
#define HVK_REQ_NEW_VMID	3	/* drop the VMID: an invalidation found EL2 gone */
#define HVK_REQ_SYNC		4	/* nothing: the vCPU was outside once */
#define HVK_REQ_PTIMER		6	/* CNTPCT has jumped: restart the physical timer */
#define HVK_REQ_TRAP_DIR	5	/* its writes to GICC_DIR have to be seen */

/* vcpu->mode */
enum hvk_vcpu_mode { HVK_OUTSIDE, HVK_IN_GUEST };

struct hvk_vcpu {
	struct hvk_vm *vm;
	unsigned int idx;	/* in vm->vcpu[] */
	unsigned int id;	/* as given to KVM_CREATE_VCPU */
	struct mutex mutex;	/* held by every ioctl, RUN included */

	struct hvk_el2_ctx *ctx;	/* one page, mapped at EL2 */
	phys_addr_t ctx_pa;
	struct kvm_run *run;		/* one page, shared with the VMM: hostile */

	bool initialised;	/* KVM_ARM_VCPU_INIT was done */
	unsigned long features;	/* KVM_ARM_VCPU_* bits */

	bool no_block;		/* the next fault maps a page: see abort.c */
	u32 poll_ns;		/* how long the next WFI polls before it sleeps */
	bool has_run;		/* first_run() was done */
	bool flush_local;	/* this CPU's TLB holds another vCPU's stage 1 */
	enum hvk_vcpu_mode mode;	/* against kicks: see run.c */
	bool sigset_active;	/* KVM_SET_SIGNAL_MASK */
	sigset_t sigset;

	unsigned long requests;
	bool powered_off;	/* PSCI; written under reset_lock */
	bool suspended;		/* by the VMM until it says otherwise; the same */
	struct {		/* CPU_ON's arguments, under reset_lock */
		u64 pc, r0;
		bool be;
	} reset;
	spinlock_t reset_lock;	/* powered_off, suspended, reset */

	int cpu;		/* loaded on this CPU, or -1 */
	raw_spinlock_t kick_lock;
	struct task_struct *task;	/* of the last RUN, referenced; kick_lock */
	struct rcuwait wait;		/* where WFI and PSCI off block */
	/* What ends a wait beside interrupts and requests; any context. Set with its life. */
	bool (*wakes)(struct hvk_vcpu *vcpu);
	struct hvk_stay stay;

	/* An access that the VMM answers with the next RUN (mmio.c). */
	struct {
		bool pending;
		u8 step;	/* which of insn.rt[] is under way */
		u64 ipa;	/* of insn.rt[0]'s part */
		struct hvk_insn insn;
	} mmio;

	struct hvk_unfinished unfinished;
	struct hvk_guestdbg dbg;
	struct hvk_vgic_cpu vgic;
	struct hvk_vtimer timer[HVK_NR_TIMERS];
	struct hvk_para para;
	struct hvk_frame_place place;

	/* Written by the vCPU's thread alone, read by anybody. */
	u64 exits[HVK_STAT_KINDS];
	u64 guest_ticks;	/* of CNTPCT */
};

static inline void hvk_count(struct hvk_vcpu *vcpu, unsigned int kind)
{
	WRITE_ONCE(vcpu->exits[kind], vcpu->exits[kind] + 1);
}

static inline u64 hvk_get_x(const struct hvk_vcpu *vcpu, unsigned int r)
{
	return r == 31 ? 0 : vcpu->ctx->x[r];
}

static inline void hvk_set_x(struct hvk_vcpu *vcpu, unsigned int r, u64 val)
{
	if (r != 31)
		vcpu->ctx->x[r] = val;
}

/* The vCPU with these MPIDR affinity bits, or NULL. */
struct hvk_vcpu *hvk_vcpu_by_mpidr(struct hvk_vm *vm, u64 mpidr);
/* Makes the exit a system event (KVM_SYSTEM_EVENT_*) without data; 0. */
int hvk_exit_system_event(struct hvk_vcpu *vcpu, u32 type);
/*
 * Every vCPU's mutex, or none: an ioctl of a vCPU, RUN among them, takes its own
 * before vm->lock, so that who holds that may only try. vm->lock is held until the
 * unlock. 0 or -EBUSY.
 */
int hvk_vcpus_trylock(struct hvk_vm *vm);
void hvk_vcpus_unlock(struct hvk_vm *vm);

#endif /* HVK_CORE_VCPU_H */
