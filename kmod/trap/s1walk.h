/* SPDX-License-Identifier: GPL-2.0-only */
/* Walks a guest's own (stage-1, EL1&0) translation tables in software. */
#ifndef HVK_S1WALK_H
#define HVK_S1WALK_H

#include <linux/types.h>

/* The guest's SCTLR_EL1, TCR_EL1, TTBR0_EL1 and TTBR1_EL1. */
struct hvk_s1_regs {
	u64 sctlr, tcr, ttbr0, ttbr1;
};

/*
 * Reads the 8 bytes at ipa (8-byte aligned) of guest memory into *desc, in memory's byte
 * order: the walk swaps them for a big-endian guest. 0, or an errno, which ends the walk.
 */
typedef int (*hvk_s1_read_fn)(void *opaque, u64 ipa, u64 *desc);

/*
 * Sets *ipa to the IPA that va translates to. 0, -EFAULT (no translation), -EINVAL (a table
 * layout that the walk does not know, such as more than 48 bits of VA), or what `read`
 * returned. Permissions and the access flag are not checked, because this finds
 * instructions that the guest has just executed. Sleeps if `read` does.
 */
int hvk_s1_walk(const struct hvk_s1_regs *regs, u64 va, hvk_s1_read_fn read,
		void *opaque, u64 *ipa);

#endif /* HVK_S1WALK_H */
