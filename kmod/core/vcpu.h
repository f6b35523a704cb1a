/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU, as all of the module uses it (EL1).
 *
 * The exit contract, for every function that handles an exit: it returns > 0 to go on in
 * the guest, 0 to return to the VMM (the run page is filled in), or < 0, an errno.
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
#include "memory/streak_state.h"
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
#define HVK_REQ_PAUSE		0	/* check vcpu->powered_off; wait while it is set */
#define HVK_REQ_RESET		1	/* PSCI CPU_ON wrote vcpu->reset */
#define HVK_REQ_SUSPEND		2	/* KVM_MP_STATE_SUSPENDED: look at vcpu->suspended */
#define HVK_REQ_NEW_VMID	3	/* leave the guest: the VM gets a new VMID (vmid.c) */
#define HVK_REQ_SYNC		4	/* leave the guest once, nothing else */
#define HVK_REQ_TRAP_DIR	5	/* make the guest's writes to GICC_DIR trap (irq/dir.c) */
#define HVK_REQ_PTIMER		6	/* restart the physical timer: CNTPCT jumped (offset.c) */

/* vcpu->mode */
enum hvk_vcpu_mode { HVK_OUTSIDE, HVK_IN_GUEST };

struct hvk_vcpu {
	struct hvk_vm *vm;
	unsigned int idx;	/* in vm->vcpu[] */
	unsigned int id;	/* as given to KVM_CREATE_VCPU */
	struct mutex mutex;	/* held by every ioctl but HVK_VCPU_STATS */

	struct hvk_el2_ctx *ctx;	/* one page, mapped at EL2 */
	u64 ctx_el2;		/* its address at EL2 */
	struct kvm_run *run;		/* one page, shared with the VMM: hostile */

	bool initialised;	/* KVM_ARM_VCPU_INIT was done */
	unsigned long features;	/* KVM_ARM_VCPU_* bits */

	/* A page in which no slot was at this vm->slots_gen (abort.c, dabt.c). */
	u64 hole;
	unsigned long hole_gen;
	struct hvk_streak streak;	/* of memory that this vCPU touches (populate.c) */
	bool no_block;		/* the next memory fault maps a page, not a block: abort.c */
	u32 poll_ns;		/* ns for which the next WFI polls before it sleeps */
	bool has_run;		/* first_run() was done */
	u64 vmid;		/* the hvk_s2.vmid that is in ctx->cfg.vttbr, or 0 */
	bool flush_local;	/* this CPU's TLB may have another vCPU's stage 1 */
	enum hvk_vcpu_mode mode;	/* orders entry and kick: see kick.c */
	bool sigset_active;	/* sigset is KVM_SET_SIGNAL_MASK's */
	sigset_t sigset;

	unsigned long requests;
	bool powered_off;	/* PSCI; written under reset_lock */
	bool suspended;		/* KVM_MP_STATE_SUSPENDED; written under reset_lock */
	struct {		/* CPU_ON's arguments, under reset_lock */
		u64 pc, r0;
		bool be;
	} reset;
	spinlock_t reset_lock;	/* powered_off, suspended, reset */

	unsigned long noted;	/* jiffies when RCU was last told of guest mode */
	int cpu;		/* loaded on this CPU, or -1 */
	raw_spinlock_t kick_lock;
	struct task_struct *task;	/* of the last RUN; holds a reference; kick_lock */
	struct rcuwait wait;		/* where the thread blocks: WFI, power, windows */
	/* Whether anything but interrupts and requests ends a wait. Any context. Never changes. */
	bool (*wakes)(struct hvk_vcpu *vcpu);
	struct hvk_stay stay;

	/* An access that the VMM completes with the next KVM_RUN (trap/mmio.c). */
	struct {
		bool pending;
		u8 step;	/* which of insn.rt[] is under way */
		u64 ipa;	/* of the part for insn.rt[0] */
		struct hvk_insn insn;
		struct hvk_mmio now;	/* the access that is under way */
	} mmio;

	struct hvk_unfinished unfinished;
	struct hvk_guestdbg dbg;
	struct hvk_vgic_cpu vgic;
	struct hvk_vtimer timer[HVK_NR_TIMERS];
	struct hvk_para para;
	struct hvk_frame_place place;

	/* Written by the vCPU's thread only, read by any thread. */
	u64 exits[HVK_STAT_KINDS];
	u64 guest_ticks;	/* time in guest mode, in ticks of CNTPCT */
};

/* Counts an exit, of a kind HVK_STAT_*. The vCPU's own thread. */
static inline void hvk_count(struct hvk_vcpu *vcpu, unsigned int kind)
{
	WRITE_ONCE(vcpu->exits[kind], vcpu->exits[kind] + 1);
}

/* The guest's general-purpose register r, 31 being XZR. The vCPU is outside of the guest. */
static inline u64 hvk_get_x(const struct hvk_vcpu *vcpu, unsigned int r)
{
	return r == 31 ? 0 : vcpu->ctx->x[r];
}

static inline void hvk_set_x(struct hvk_vcpu *vcpu, unsigned int r, u64 val)
{
	if (r != 31)
		vcpu->ctx->x[r] = val;
}

/* The vCPU whose MPIDR has these affinity bits, or NULL. Any context. */
struct hvk_vcpu *hvk_vcpu_by_mpidr(struct hvk_vm *vm, u64 mpidr);
/* Fills the run page with a system event (KVM_SYSTEM_EVENT_*) without data. Returns 0. */
int hvk_exit_system_event(struct hvk_vcpu *vcpu, u32 type);
/*
 * Locks the mutexes of all vCPUs, or none. They are only tried, because a vCPU's ioctls,
 * KVM_RUN included, take vcpu->mutex before vm->lock. The caller holds vm->lock until the
 * unlock. 0, or -EBUSY: a vCPU is in an ioctl.
 */
int hvk_vcpus_trylock(struct hvk_vm *vm);
void hvk_vcpus_unlock(struct hvk_vm *vm);

#endif /* HVK_CORE_VCPU_H */
