/* SPDX-License-Identifier: GPL-2.0-only */
/* The ID registers of a VM, the same for all its vCPUs. */
#ifndef HVK_TRAP_IDVM_H
#define HVK_TRAP_IDVM_H

#include <linux/types.h>

#include "base/compat.h"

struct hvk_vm;
struct reg_mask_range;

/* Sets all ID registers to the most that the host offers; before the VM has its fd. */
void hvk_idvm_init(struct hvk_vm *vm);
/* The value that the guest and ONE_REG read. enc is an HVK_SYSREG() with hvk_idreg_is(). */
u64 hvk_idvm_read(const struct hvk_vm *vm, u32 enc);
/*
 * Writes a register by ONE_REG; process context, takes vm->lock. 0, -EINVAL (more than the
 * host offers, or a change of a field that a VMM may not change), -EBUSY (another value,
 * and a vCPU has run).
 */
int hvk_idvm_write(struct hvk_vm *vm, u32 enc, u64 val);
/* KVM_ARM_GET_REG_WRITABLE_MASKS; process context. 0, -EINVAL, -EFAULT. */
int hvk_idvm_masks(const struct reg_mask_range *range);

#endif /* HVK_TRAP_IDVM_H */
