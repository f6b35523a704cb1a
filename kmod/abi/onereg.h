/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM_GET_ONE_REG, KVM_SET_ONE_REG, KVM_GET_REG_LIST. */
#ifndef HVK_ABI_ONEREG_H
#define HVK_ABI_ONEREG_H

#include <linux/types.h>

struct hvk_vcpu;
struct kvm_one_reg;
struct kvm_reg_list;

/*
 * Read or write the register reg->id at the user address reg->addr. Process context,
 * vcpu->mutex held. 0, -ENOENT (no such register), -EINVAL (identifier or value), -EFAULT;
 * set also -EBUSY (the register is fixed, as a vCPU has run).
 */
int hvk_onereg_get(struct hvk_vcpu *vcpu, const struct kvm_one_reg *reg);
int hvk_onereg_set(struct hvk_vcpu *vcpu, const struct kvm_one_reg *reg);
/* Stores the identifiers of all registers. 0, -E2BIG (list->n says how many), -EFAULT. */
int hvk_onereg_list(struct hvk_vcpu *vcpu, struct kvm_reg_list __user *list);

#endif /* HVK_ABI_ONEREG_H */
