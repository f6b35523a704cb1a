/* SPDX-License-Identifier: GPL-2.0-only */
/* A row of the system register table, and bits of the debug registers in it. */
#ifndef HVK_TRAP_SYSREG_ENTRY_H
#define HVK_TRAP_SYSREG_ENTRY_H

#include <linux/bits.h>
#include <linux/types.h>

#include "core/vcpu.h"

/* OSLSR_EL1 */
#define HVK_OSLSR_OSLM		0x8	/* the OS lock is implemented */
#define HVK_OSLSR_OSLK		0x2	/* the OS lock is locked */
/* MDSCR_EL1 */
#define HVK_MDSCR_SS		BIT_ULL(0)
#define HVK_MDSCR_TDCC		BIT_ULL(12)
#define HVK_MDSCR_KDE		BIT_ULL(13)
#define HVK_MDSCR_MDE		BIT_ULL(15)
/* hvk_sysreg.sys of a register that has no value in ctx->sys[] */
#define HVK_SYS_NONE		HVK_SYS_NR

struct hvk_sysreg {
	u32 enc;		/* HVK_SYSREG() */
	const char *name;
	u8 sys;			/* HVK_SYS_*, or HVK_SYS_NONE */
	u64 reset;		/* reset value of ctx->sys[sys] */
	/*
	 * Emulates the guest's MSR (of *val) or MRS (into *val). false: the access is
	 * UNDEFINED. NULL: the register does not trap; if it does, it is UNDEFINED.
	 */
	bool (*access)(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		       bool read, u64 *val);
	/* ONE_REG; NULL: reads or writes ctx->sys[sys]. 0 or an errno. */
	int (*get)(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 *val);
	int (*set)(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 val);
};

#endif /* HVK_TRAP_SYSREG_ENTRY_H */
