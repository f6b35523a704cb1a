/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM_REG_ARM_CORE registers. */
#ifndef HVK_ABI_COREREG_H
#define HVK_ABI_COREREG_H

#include <linux/kvm.h>
#include <linux/types.h>

struct hvk_vcpu;
struct kvm_regs;

#define HVK_CORE_WORDS	(sizeof(struct kvm_regs) / sizeof(u32))
/* KVM_REG_ARM_CORE registers. 0, -ENOENT, -EINVAL, -EFAULT. */
int hvk_core_reg_get(struct hvk_vcpu *vcpu, u64 id, void __user *addr);
int hvk_core_reg_set(struct hvk_vcpu *vcpu, u64 id, const void __user *addr);
/* The identifier of the register that starts at this word, or 0. */
u64 hvk_core_reg_id(struct hvk_vcpu *vcpu, unsigned int off);

#endif /* HVK_ABI_COREREG_H */
