/* SPDX-License-Identifier: GPL-2.0-only */
/* Walk of a guest's own (stage-1, EL1&0) translation tables in software. */
#ifndef HVK_S1WALK_H
#define HVK_S1WALK_H

#include <linux/types.h>

struct hvk_s1_regs {
	u64 sctlr, tcr, ttbr0, ttbr1;
};

/*
 * Reads the 8 bytes at ipa (8-byte aligned) of guest memory as the host,
 * little-endian, loads them. 0 or a negative errno, which ends the walk.
 */
typedef int (*hvk_s1_read_fn)(void *opaque, u64 ipa, u64 *desc);

/*
 * The IPA that va translates to. 0, -EFAULT (no translation), -EINVAL (a
 * layout that is not offered to guests: more than 48 bits) or what `read`
 * returned. Permissions and the access flag are not looked at: this finds
 * instructions that the guest has just executed. Sleeps if `read` does.
 */
int hvk_s1_walk(const struct hvk_s1_regs *regs, u64 va, hvk_s1_read_fn read,
		void *opaque, u64 *ipa);

#endif /* HVK_S1WALK_H */
