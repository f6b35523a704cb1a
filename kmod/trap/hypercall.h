/* SPDX-License-Identifier: GPL-2.0-only */
/* SMCCC calls (DEN0028), and the firmware's registers. */
#ifndef HVK_TRAP_HYPERCALL_H
#define HVK_TRAP_HYPERCALL_H

#include <linux/bits.h>
#include <linux/kvm.h>
#include <linux/types.h>

struct hvk_vcpu;

/* Services of DEN0098 and the like that a VM has unless its VMM says less. */
#define HVK_STD_TRNG		BIT_ULL(KVM_REG_ARM_STD_BIT_TRNG_V1_0)
#define HVK_STD_SERVICES	HVK_STD_TRNG
/* HVC, SMC: PSCI and SMCCC. */
int hvk_smccc_call(struct hvk_vcpu *vcpu);
/* KVM_REG_ARM_FW and KVM_REG_ARM_FW_FEAT_BMAP registers. 0, -ENOENT, -EINVAL. */
int hvk_fwreg_get(struct hvk_vcpu *vcpu, u64 id, u64 *val);
int hvk_fwreg_set(struct hvk_vcpu *vcpu, u64 id, u64 val);
/* The n-th of them, or 0 behind the last. */
u64 hvk_fwreg_id(unsigned int n);

#endif /* HVK_TRAP_HYPERCALL_H */
