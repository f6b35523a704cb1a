/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long work that an instruction of the guest has begun: it is done in short
 * steps by the RUN loop, in the vCPU's own windows if it has any, before the
 * guest goes on. See unfinished.c.
 */
#ifndef HVK_CORE_UNFINISHED_H
#define HVK_CORE_UNFINISHED_H

#include <linux/bitops.h>
#include <linux/types.h>

enum hvk_unfinished_kind {
	HVK_UNFINISHED_CLEAN,	/* all memory of the VM, to the PoC; at: the IPA */
	HVK_UNFINISHED_VGIC,	/* GICD_CTLR changed; at: number of interrupts */
	HVK_UNFINISHED_KINDS,
};

/* The vCPU's thread alone, or vcpu->mutex held. */
struct hvk_unfinished {
	unsigned long due;			/* kinds, as bits */
	u64 at[HVK_UNFINISHED_KINDS];		/* where each goes on */
};

/* From an exit's handler: to be done, from its beginning, before the next entry. */
static inline void hvk_unfinished_begin(struct hvk_unfinished *u,
					enum hvk_unfinished_kind kind)
{
	u->at[kind] = 0;
	__set_bit(kind, &u->due);
}

/* The work is no longer due: it was done by other means. */
static inline void hvk_unfinished_drop(struct hvk_unfinished *u,
				       enum hvk_unfinished_kind kind)
{
	__clear_bit(kind, &u->due);
}

#endif /* HVK_CORE_UNFINISHED_H */
