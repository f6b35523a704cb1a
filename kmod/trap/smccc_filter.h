/* SPDX-License-Identifier: GPL-2.0-only */
/* Who answers a guest's SMCCC calls: KVM_ARM_VM_SMCCC_FILTER. */
#ifndef HVK_TRAP_SMCCC_FILTER_H
#define HVK_TRAP_SMCCC_FILTER_H

#include <linux/types.h>

#include "base/compat.h"

struct hvk_vm;
struct kvm_device_attr;

/*
 * KVM_HAS_DEVICE_ATTR and KVM_SET_DEVICE_ATTR of a VM. 0; -ENXIO (no such
 * attribute), -EINVAL, -EBUSY (a vCPU has run), -EEXIST (a range has that
 * number already), -ENOSPC, -EFAULT, -ENOMEM.
 */
int hvk_smccc_filter_attr(struct hvk_vm *vm, bool set,
			  const struct kvm_device_attr *attr);
/* KVM_SMCCC_FILTER_* for a call; by a vCPU that runs. */
u8 hvk_smccc_filter_action(const struct hvk_vm *vm, u32 fn);
void hvk_smccc_filter_destroy(struct hvk_vm *vm);

#endif /* HVK_TRAP_SMCCC_FILTER_H */
