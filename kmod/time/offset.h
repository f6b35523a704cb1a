/* SPDX-License-Identifier: GPL-2.0-only */
/* Setting a guest's counts, for the VMM. Process context. */
#ifndef HVK_TIME_OFFSET_H
#define HVK_TIME_OFFSET_H

#include <linux/types.h>

#include "base/compat.h"

struct hvk_vcpu;
struct hvk_vm;
struct kvm_arm_counter_offset;

/*
 * KVM_REG_ARM_PTIMER_CNT, KVM_REG_ARM_TIMER_CNT: change the VM's offset so that the
 * count is this now, for all its vCPUs. Ignored after KVM_ARM_SET_COUNTER_OFFSET.
 * vcpu->mutex held.
 */
void hvk_ptimer_set_count(struct hvk_vcpu *vcpu, u64 count);
void hvk_vtimer_set_count(struct hvk_vcpu *vcpu, u64 count);
/*
 * KVM_ARM_SET_COUNTER_OFFSET: from now on both counts are the host's less this offset.
 * Takes vm->lock. 0; -EINVAL (reserved is not 0), -EBUSY (an ioctl of a vCPU is under
 * way).
 */
int hvk_counter_set_offset(struct hvk_vm *vm,
			   const struct kvm_arm_counter_offset *args);

#endif /* HVK_TIME_OFFSET_H */
