/* SPDX-License-Identifier: GPL-2.0-only */
/* The ID registers of a VM. */
#ifndef HVK_TRAP_IDVM_H
#define HVK_TRAP_IDVM_H

#include <linux/types.h>

#include "base/compat.h"

struct hvk_vm;
struct reg_mask_range;

/* All that the host offers; before the VM has a descriptor. */
void hvk_idvm_init(struct hvk_vm *vm);
/* What the guest and ONE_REG read; enc is HVK_SYSREG(), hvk_idreg_is(). */
u64 hvk_idvm_read(const struct hvk_vm *vm, u32 enc);
/*
 * ONE_REG's write. 0; -EINVAL (more than the host offers, or a field that is
 * not the VMM's to choose), -EBUSY (another value, and a vCPU has run).
 */
int hvk_idvm_write(struct hvk_vm *vm, u32 enc, u64 val);
/* KVM_ARM_GET_REG_WRITABLE_MASKS. 0, -EINVAL, -EFAULT. */
int hvk_idvm_masks(const struct reg_mask_range *range);

#endif /* HVK_TRAP_IDVM_H */
