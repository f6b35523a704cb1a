/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System registers that trap, or that ONE_REG reads and writes; sysreg_entry.h has the
 * table's rows. In the vCPU's thread or with vcpu->mutex held.
 */
#ifndef HVK_TRAP_SYSREG_H
#define HVK_TRAP_SYSREG_H

#include <linux/types.h>

struct hvk_vcpu;

/* Handles a trapped MSR, MRS or system instruction (ctx->exit.esr). Exit contract: 1. */
int hvk_sysreg_trap(struct hvk_vcpu *vcpu);
/* Sets all of ctx->sys[] to its reset values, and the state that follows from it. */
void hvk_sysreg_reset(struct hvk_vcpu *vcpu);
/*
 * ONE_REG on a system register; enc is HVK_SYSREG(). 0, -ENOENT (no such register); set
 * also -EINVAL (a value that is not accepted) and -EBUSY (ID registers: see idvm.h).
 */
int hvk_sysreg_get(struct hvk_vcpu *vcpu, u32 enc, u64 *val);
int hvk_sysreg_set(struct hvk_vcpu *vcpu, u32 enc, u64 val);
/* HVK_SYSREG() of the n-th register of ONE_REG, from 0 on; 0 if there are no more. */
u32 hvk_sysreg_nth(unsigned int n);
/* This PE's CCSIDR_EL1 for a value of CSSELR_EL1; 0: no such cache. Any context. */
u32 hvk_ccsidr(u32 csselr);
/* Emulates one access of the guest: a write of *val, or a read into it. false: UNDEFINED. */
bool hvk_sysreg_access(struct hvk_vcpu *vcpu, u32 enc, bool read, u64 *val);
/* Logs an undefined access (debug, ratelimited) and injects UNDEFINED. Returns 1. */
int hvk_sysreg_undef(struct hvk_vcpu *vcpu, u32 enc, bool read);

#endif /* HVK_TRAP_SYSREG_H */
