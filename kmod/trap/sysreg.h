/* SPDX-License-Identifier: GPL-2.0-only */
/* Trapped system registers; their table has rows of sysreg_entry.h. */
#ifndef HVK_TRAP_SYSREG_H
#define HVK_TRAP_SYSREG_H

#include <linux/types.h>

struct hvk_vcpu;

int hvk_sysreg_trap(struct hvk_vcpu *vcpu);
void hvk_sysreg_reset(struct hvk_vcpu *vcpu);
/* ONE_REG on a system register; enc is HVK_SYSREG(). -ENOENT, -EINVAL. */
int hvk_sysreg_get(struct hvk_vcpu *vcpu, u32 enc, u64 *val);
int hvk_sysreg_set(struct hvk_vcpu *vcpu, u32 enc, u64 val);
/* The n-th register that ONE_REG reaches, or 0 behind the last. */
u32 hvk_sysreg_nth(unsigned int n);
/* CCSIDR_EL1 for a value of CSSELR_EL1; 0 if there is no such cache. */
u32 hvk_ccsidr(u32 csselr);
/* One access by the guest; *val in or out. false: UNDEFINED. */
bool hvk_sysreg_access(struct hvk_vcpu *vcpu, u32 enc, bool read, u64 *val);
/* Reports the undefined access once and injects UNDEF; returns 1. */
int hvk_sysreg_undef(struct hvk_vcpu *vcpu, u32 enc, bool read);

#endif /* HVK_TRAP_SYSREG_H */
