/* SPDX-License-Identifier: GPL-2.0-only */
/* The KVM_REG_ARM_CORE registers of ONE_REG. */
#ifndef HVK_ABI_COREREG_H
#define HVK_ABI_COREREG_H

#include <linux/kvm.h>
#include <linux/types.h>

struct hvk_vcpu;
struct kvm_regs;

/* The size of struct kvm_regs in 32-bit words: the unit of core registers' identifiers. */
#define HVK_CORE_WORDS	(sizeof(struct kvm_regs) / sizeof(u32))
/* Copy a register to or from addr; vcpu->mutex held. 0, -ENOENT, -EINVAL, -EFAULT. */
int hvk_core_reg_get(struct hvk_vcpu *vcpu, u64 id, void __user *addr);
int hvk_core_reg_set(struct hvk_vcpu *vcpu, u64 id, const void __user *addr);
/* The identifier of the register that starts at word `off` (< HVK_CORE_WORDS); 0: none does. */
u64 hvk_core_reg_id(struct hvk_vcpu *vcpu, unsigned int off);

#endif /* HVK_ABI_COREREG_H */
