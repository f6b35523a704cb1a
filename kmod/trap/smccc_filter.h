/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter of a guest's SMCCC calls: KVM_ARM_VM_SMCCC_FILTER. */
#ifndef HVK_TRAP_SMCCC_FILTER_H
#define HVK_TRAP_SMCCC_FILTER_H

#include <linux/types.h>

#include "base/compat.h"
#include "core/vm.h"

struct kvm_device_attr;

/*
 * KVM_SET_DEVICE_ATTR of a VM, or KVM_HAS_DEVICE_ATTR if not `set`; process context, takes
 * vm->lock. 0, -ENXIO (no such attribute), -EINVAL, -EBUSY (a vCPU has run), -EEXIST (the
 * range overlaps another, or the architecture's calls), -ENOSPC, -EFAULT, -ENOMEM.
 */
int hvk_smccc_filter_attr(struct hvk_vm *vm, bool set,
			  const struct kvm_device_attr *attr);
u8 hvk_smccc_filter_find(const struct hvk_vm *vm, u32 fn);
/* KVM_SMCCC_FILTER_* for function fn. By a vCPU in KVM_RUN: the filter is constant then. */
static inline u8 hvk_smccc_filter_action(const struct hvk_vm *vm, u32 fn)
{
	return likely(!vm->smccc_filter.nr) ? KVM_SMCCC_FILTER_HANDLE :
					      hvk_smccc_filter_find(vm, fn);
}

/* Frees the filter of a VM that is being destroyed. */
void hvk_smccc_filter_destroy(struct hvk_vm *vm);

#endif /* HVK_TRAP_SMCCC_FILTER_H */
