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

/* At load: requests the PPIs, where nobody else has. 0 or errno. */
int hvk_vtimer_host_init(void);
void hvk_vtimer_host_exit(void);
/* The PPIs on a CPU go with its EL2. */
extern const struct hvk_el2_hooks hvk_vtimer_hooks;
void hvk_vtimer_vm_init(struct hvk_vm *vm);
void hvk_vtimer_vcpu_init(struct hvk_vcpu *vcpu);
void hvk_vtimer_vcpu_reset(struct hvk_vcpu *vcpu);
void hvk_vtimer_vcpu_destroy(struct hvk_vcpu *vcpu);
/* Before the first entry; vm->lock held. 0, -EINVAL (both timers have the same PPI). */
int hvk_vtimer_first_run(struct hvk_vcpu *vcpu);
/* Preemption off: the vCPU comes to this CPU. */
void hvk_vtimer_load(struct hvk_vcpu *vcpu);
/* Interrupts off, around the guest; flush before, sync after the vGIC's. */
void hvk_vtimer_flush(struct hvk_vcpu *vcpu);
void hvk_vtimer_sync(struct hvk_vcpu *vcpu, int exit);
/* Around a block: an hrtimer stands in for CNTV. Process context. */
void hvk_vtimer_block(struct hvk_vcpu *vcpu);
void hvk_vtimer_unblock(struct hvk_vcpu *vcpu);
/*
 * The trapped physical timer. `reg` is HVK_SYS_CNTP_CTL_EL0,
 * HVK_SYS_CNTP_CVAL_EL0 or HVK_TIMER_TVAL. Process context, the vCPU's thread.
 */
#define HVK_TIMER_TVAL	1000
u64 hvk_ptimer_read(struct hvk_vcpu *vcpu, unsigned int reg);
void hvk_ptimer_write(struct hvk_vcpu *vcpu, unsigned int reg, u64 val);
/* CNTPCT has made a jump: the physical timer is looked at again. */
void hvk_ptimer_restart(struct hvk_vcpu *vcpu);
/*
 * KVM_{SET,GET,HAS}_DEVICE_ATTR of a vCPU, KVM_ARM_VCPU_TIMER_CTRL: the PPIs.
 * 0, -ENXIO (no such group or attribute), -EBUSY (a vCPU has run), -EINVAL
 * (not a PPI, no irqchip), -EFAULT.
 */
int hvk_vtimer_attr(struct hvk_vcpu *vcpu, unsigned int cmd,
		    const struct kvm_device_attr *attr);

#endif /* HVK_TIME_VTIMER_H */
