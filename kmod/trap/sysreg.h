/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trapped system registers: the table's types, and what its handlers in
 * sysreg.c and debugreg.c share.
 */
#ifndef HVK_SYSREG_H
#define HVK_SYSREG_H

#include <linux/types.h>

#include "base/esr.h"
#include "core/hvk_host.h"

/* OSLSR_EL1 */
#define HVK_OSLSR_OSLM		0x8	/* the OS lock is implemented */
#define HVK_OSLSR_OSLK		0x2	/* it is locked */

/* MDSCR_EL1 */
#define HVK_MDSCR_SS		BIT_ULL(0)
#define HVK_MDSCR_TDCC		BIT_ULL(12)
#define HVK_MDSCR_KDE		BIT_ULL(13)
#define HVK_MDSCR_MDE		BIT_ULL(15)

/* hvk_sysreg.sys of a register that is not in ctx->sys[] */
#define HVK_SYS_NONE		HVK_SYS_NR

struct hvk_sysreg {
	u32 enc;		/* HVK_SYSREG() */
	const char *name;
	u8 sys;			/* HVK_SYS_*, or HVK_SYS_NONE */
	u64 reset;
	/*
	 * The guest's MSR (takes *val) or MRS (fills *val). false: UNDEFINED.
	 * NULL: it does not trap; UNDEFINED if it does.
	 */
	bool (*access)(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		       bool read, u64 *val);
	/* ONE_REG, where it is not plain access to ctx->sys[]. 0 or errno. */
	int (*get)(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 *val);
	int (*set)(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 val);
};

/* ONE_REG on a system register; enc is HVK_SYSREG(). -ENOENT, -EINVAL. */
int hvk_sysreg_get(struct hvk_vcpu *vcpu, u32 enc, u64 *val);
int hvk_sysreg_set(struct hvk_vcpu *vcpu, u32 enc, u64 val);
/* The n-th register that ONE_REG reaches, or 0 behind the last. */
u32 hvk_sysreg_nth(unsigned int n);
/* CCSIDR_EL1 for a value of CSSELR_EL1; 0 if there is no such cache. */
u32 hvk_ccsidr(u32 csselr);
/* One access by the guest; *val in or out. false: UNDEFINED. */
bool hvk_sysreg_access(struct hvk_vcpu *vcpu, u32 enc, bool read, u64 *val);
/* Tells of it and injects it; 1. */
int hvk_sysreg_undef(struct hvk_vcpu *vcpu, u32 enc, bool read);

/* --- cp15.c: EL0 in AArch32; exit contract ----------------------------------------- */
int hvk_cp15_trap(struct hvk_vcpu *vcpu);
int hvk_cp15_64_trap(struct hvk_vcpu *vcpu);
int hvk_cp14_trap(struct hvk_vcpu *vcpu);
/* Everything else: UNDEFINED, if the condition holds. */
int hvk_a32_undef(struct hvk_vcpu *vcpu);

/* --- debugreg.c ----------------------------------------------------------------- */
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

#endif /* HVK_SYSREG_H */
