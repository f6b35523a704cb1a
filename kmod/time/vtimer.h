/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic timers of a vCPU: CNTV in hardware, CNTP emulated. */
#ifndef HVK_TIME_VTIMER_H
#define HVK_TIME_VTIMER_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "core/vcpu.h"
#include "el2/image/el2_abi.h"
#include "time/counter.h"

/* CNTV_CTL_EL0 and CNTP_CTL_EL0 (DDI 0487 D17.11) */
#define HVK_TIMER_ENABLE	BIT_ULL(0)
#define HVK_TIMER_IMASK		BIT_ULL(1)
#define HVK_TIMER_ISTATUS	BIT_ULL(2)

struct hvk_el2_hooks;
struct kvm_device_attr;

/*
 * At load: requests the PPIs of the timers and of the vGIC's maintenance interrupt,
 * unless KVM has them. 0 or errno.
 */
int hvk_vtimer_host_init(void);
void hvk_vtimer_host_exit(void);
/*
 * What enables the PPIs on a CPU when its EL2 is taken, and disables them before it
 * is given back.
 */
extern const struct hvk_el2_hooks hvk_vtimer_hooks;
/* For a new VM: default PPIs, CNTVCT is 0. */
void hvk_vtimer_vm_init(struct hvk_vm *vm);
void hvk_vtimer_vcpu_init(struct hvk_vcpu *vcpu);
/* KVM_ARM_VCPU_INIT and PSCI CPU_ON: turns both timers off. Process context. */
void hvk_vtimer_vcpu_reset(struct hvk_vcpu *vcpu);
/* Cancels the hrtimers, and waits for their handlers. Process context. */
void hvk_vtimer_vcpu_destroy(struct hvk_vcpu *vcpu);
/*
 * Before a vCPU's first entry: maps CNTV's PPI to the physical one; vm->lock held. 0,
 * -EINVAL (both timers have the same PPI).
 */
int hvk_vtimer_first_run(struct hvk_vcpu *vcpu);
/*
 * Preemption off, as the vCPU is loaded onto this CPU, and as it is taken off. comes: other
 * threads may have run here since it was loaded last.
 */
void hvk_vtimer_load(struct hvk_vcpu *vcpu, bool comes);
void hvk_vtimer_put(struct hvk_vcpu *vcpu);
/* The parts of the next two that change the line or the physical PPI. */
void hvk_vtimer_flush_line(struct hvk_vcpu *vcpu);
void hvk_vtimer_sync_line(struct hvk_vcpu *vcpu, int exit);
/*
 * Interrupts off, around the guest: flush before hvk_vgic_flush(), sync after
 * hvk_vgic_sync(). exit: what hvk_el2_run() returned, or another negative errno.
 */
static inline void hvk_vtimer_flush(struct hvk_vcpu *vcpu)
{
	const struct hvk_vtimer *t = &vcpu->timer[HVK_TIMER_VIRT];
	const u64 *sys = vcpu->ctx->sys;

	/*
	 * The usual case: neither the timer nor the guest's distributor has changed, and
	 * the deadline has not passed meanwhile.
	 */
	if (likely(t->ppi == HVK_PPI_INACTIVE && !t->line && !vcpu->vgic.touched &&
		   ((sys[HVK_SYS_CNTV_CTL_EL0] &
		     (HVK_TIMER_ENABLE | HVK_TIMER_IMASK)) != HVK_TIMER_ENABLE ||
		    hvk_vtimer_count(vcpu) < sys[HVK_SYS_CNTV_CVAL_EL0])))
		return;
	hvk_vtimer_flush_line(vcpu);
}

static inline void hvk_vtimer_sync(struct hvk_vcpu *vcpu, int exit)
{
	const struct hvk_vtimer *t = &vcpu->timer[HVK_TIMER_VIRT];
	u64 ctl = vcpu->ctx->sys[HVK_SYS_CNTV_CTL_EL0];

	/*
	 * EL2 has read ISTATUS after it had silenced the timer: if that is clear, the GIC
	 * has seen no interrupt.
	 */
	if (likely(exit == HVK_EXIT_SYNC && t->ppi == HVK_PPI_INACTIVE && !t->line &&
		   !vcpu->timer[HVK_TIMER_PHYS].line && !vcpu->vgic.timer_fired &&
		   ctl != (HVK_TIMER_ENABLE | HVK_TIMER_ISTATUS)))
		return;
	hvk_vtimer_sync_line(vcpu, exit);
}

/* While the vCPU's thread polls: looks whether CNTV is due. Process context. */
void hvk_vtimer_poll(struct hvk_vcpu *vcpu);
/*
 * Before and after the vCPU's thread waits: an hrtimer stands in for CNTV. Process
 * context; the vCPU is not loaded.
 */
void hvk_vtimer_block(struct hvk_vcpu *vcpu);
void hvk_vtimer_unblock(struct hvk_vcpu *vcpu);
/*
 * The emulated physical timer's registers. `reg` is HVK_SYS_CNTP_CTL_EL0,
 * HVK_SYS_CNTP_CVAL_EL0 or HVK_TIMER_TVAL. Process context, on the vCPU's thread or
 * with vcpu->mutex held.
 */
#define HVK_TIMER_TVAL	1000
u64 hvk_ptimer_read(struct hvk_vcpu *vcpu, unsigned int reg);
void hvk_ptimer_write(struct hvk_vcpu *vcpu, unsigned int reg, u64 val);
/* After CNTPCT has jumped: evaluates the vCPU's physical timer again. The same context. */
void hvk_ptimer_restart(struct hvk_vcpu *vcpu);
/*
 * KVM_{SET,GET,HAS}_DEVICE_ATTR of a vCPU, KVM_ARM_VCPU_TIMER_CTRL: the PPIs.
 * 0, -ENXIO (no such group or attribute), -EBUSY (a vCPU has run), -EINVAL
 * (not a PPI, no irqchip), -EFAULT.
 */
int hvk_vtimer_attr(struct hvk_vcpu *vcpu, unsigned int cmd,
		    const struct kvm_device_attr *attr);

#endif /* HVK_TIME_VTIMER_H */
