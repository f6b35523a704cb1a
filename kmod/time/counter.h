/* SPDX-License-Identifier: GPL-2.0-only */
/* The counts that a guest reads: CNTVCT and CNTPCT. */
#ifndef HVK_COUNTER_H
#define HVK_COUNTER_H

#include <linux/types.h>

#include "base/compat.h"

struct hvk_vcpu;
struct hvk_vm;

/* The host's CNTPCT now. */
u64 hvk_ptimer_now(void);
/* The guest's CNTPCT and CNTVCT. */
u64 hvk_ptimer_count(struct hvk_vcpu *vcpu);
u64 hvk_vtimer_count(struct hvk_vcpu *vcpu);
/*
 * KVM_REG_ARM_PTIMER_CNT, KVM_REG_ARM_TIMER_CNT: the count shall be this now, in
 * the whole VM. Ignored after KVM_ARM_SET_COUNTER_OFFSET. vcpu->mutex held.
 */
void hvk_ptimer_set_count(struct hvk_vcpu *vcpu, u64 count);
void hvk_vtimer_set_count(struct hvk_vcpu *vcpu, u64 count);
/* Interrupts off, before the guest: the offsets into the context. */
void hvk_counter_flush(struct hvk_vcpu *vcpu);
/*
 * KVM_ARM_SET_COUNTER_OFFSET: both counts are the host's less this. 0; -EINVAL
 * (reserved is not 0), -EBUSY (an ioctl of a vCPU is under way).
 */
int hvk_counter_set_offset(struct hvk_vm *vm,
			   const struct kvm_arm_counter_offset *args);

#endif /* HVK_COUNTER_H */
