/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's debug registers: functions for rows of the system register table. Their
 * arguments and results are those of access, get and set in struct hvk_sysreg.
 */
#ifndef HVK_TRAP_DEBUGREG_H
#define HVK_TRAP_DEBUGREG_H

#include <linux/types.h>

#include "trap/sysreg_entry.h"

struct hvk_sysreg;
struct hvk_vcpu;

/* DBGBVRn, DBGBCRn, DBGWVRn and DBGWCRn_EL1. */
bool hvk_dbg_bw(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg, bool read,
		u64 *val);
int hvk_dbg_bw_get(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 *val);
int hvk_dbg_bw_set(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 val);
/* A 32-bit register that only has a value in ctx->sys[] and no effect. */
bool hvk_dbg_plain(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val);
/* MDSCR_EL1, as the guest wrote it. */
bool hvk_dbg_mdscr(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val);
int hvk_mdscr_get(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		  u64 *val);
int hvk_mdscr_set(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		  u64 val);
/* OSLAR_EL1 and OSLSR_EL1: the OS lock. */
bool hvk_dbg_oslar(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val);
bool hvk_dbg_oslsr(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val);
int hvk_oslsr_set(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		  u64 val);

/* Resets breakpoints, watchpoints and MDSCR_EL1. vCPU's thread, or vcpu->mutex held. */
void hvk_dbg_reset(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_DEBUGREG_H */
