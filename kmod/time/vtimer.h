/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic timers of a vCPU: CNTV in hardware, CNTP emulated. */
#ifndef HVK_TIME_VTIMER_H
#define HVK_TIME_VTIMER_H

#include <linux/types.h>

#include "time/vtimer_state.h"

struct hvk_el2_hooks;
struct hvk_vcpu;
struct hvk_vm;
struct kvm_device_attr;

/*
 * At load: requests the PPIs of the timer and of the vGIC's maintenance interrupt,
 * unless KVM has them. 0 or errno.
 */
int hvk_vtimer_host_init(void);
void hvk_vtimer_host_exit(void);
/*
 * What enables the two PPIs on a CPU when its EL2 is taken, and disables them before it
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
/* Preemption off, as the vCPU is loaded onto this CPU. */
void hvk_vtimer_load(struct hvk_vcpu *vcpu);
/*
 * Interrupts off, around the guest: flush before hvk_vgic_flush(), sync after
 * hvk_vgic_sync(). exit: what hvk_el2_run() returned, or another negative errno.
 */
void hvk_vtimer_flush(struct hvk_vcpu *vcpu);
void hvk_vtimer_sync(struct hvk_vcpu *vcpu, int exit);
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
