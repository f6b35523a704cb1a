/* SPDX-License-Identifier: GPL-2.0-only */
/* Debug registers of the guest. */
#ifndef HVK_TRAP_DEBUGREG_H
#define HVK_TRAP_DEBUGREG_H

#include <linux/types.h>

#include "trap/sysreg_entry.h"

struct hvk_sysreg;
struct hvk_vcpu;

bool hvk_dbg_bw(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg, bool read,
		u64 *val);
int hvk_dbg_bw_get(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 *val);
int hvk_dbg_bw_set(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 val);
bool hvk_dbg_plain(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val);
bool hvk_dbg_mdscr(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val);
int hvk_mdscr_get(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		  u64 *val);
int hvk_mdscr_set(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		  u64 val);
bool hvk_dbg_oslar(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val);
bool hvk_dbg_oslsr(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val);
int hvk_oslsr_set(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		  u64 val);
void hvk_dbg_reset(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_DEBUGREG_H */
