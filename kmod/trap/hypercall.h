/* SPDX-License-Identifier: GPL-2.0-only */
/* SMCCC calls of the guest (DEN0028), and the firmware registers of ONE_REG. */
#ifndef HVK_TRAP_HYPERCALL_H
#define HVK_TRAP_HYPERCALL_H

#include <linux/bits.h>
#include <linux/kvm.h>
#include <linux/types.h>

struct hvk_vcpu;

/* KVM_REG_ARM_STD_BMAP: the standard services that a VM has unless its VMM clears bits. */
#define HVK_STD_TRNG		BIT_ULL(KVM_REG_ARM_STD_BIT_TRNG_V1_0)
#define HVK_STD_SERVICES	HVK_STD_TRNG
/* The answer to ARCH_FEATURES(fn), DEN0028 7.3. Any context. */
u64 hvk_smccc_feature(u32 fn);
/*
 * Handles an HVC or SMC whose PC is behind the instruction already; w0 is the function.
 * Exit contract. In the vCPU's thread.
 */
int hvk_smccc_call(struct hvk_vcpu *vcpu);
/*
 * ONE_REG on the KVM_REG_ARM_FW and KVM_REG_ARM_FW_FEAT_BMAP registers; process context,
 * vcpu->mutex held. 0, -ENOENT; set also -EINVAL and -EBUSY (a vCPU has run).
 */
int hvk_fwreg_get(struct hvk_vcpu *vcpu, u64 id, u64 *val);
int hvk_fwreg_set(struct hvk_vcpu *vcpu, u64 id, u64 val);
/* The id of the n-th firmware register, from 0 on; 0 if there are no more. */
u64 hvk_fwreg_id(unsigned int n);

#endif /* HVK_TRAP_HYPERCALL_H */
