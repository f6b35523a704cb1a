/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long work that an instruction of the guest has begun. The RUN loop does it in short
 * steps, in the vCPU's own windows if it has any, before the guest goes on: see
 * run/unfinished.c.
 */
#ifndef HVK_CORE_UNFINISHED_H
#define HVK_CORE_UNFINISHED_H

#include <linux/bitops.h>
#include <linux/types.h>

enum hvk_unfinished_kind {
	HVK_UNFINISHED_CLEAN,	/* clean all of the VM's memory to the PoC; at: the next IPA */
	HVK_UNFINISHED_VGIC,	/* GICD_CTLR changed: update all interrupts; at: how many are */
	HVK_UNFINISHED_KINDS,
};

/* Accessed by the vCPU's own thread, or with vcpu->mutex held. */
struct hvk_unfinished {
	unsigned long due;			/* bits: the kinds that are not complete */
	u64 at[HVK_UNFINISHED_KINDS];		/* where each goes on */
};

/* Called by exit handlers: the work has to be done, from its start, before the next entry. */
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
