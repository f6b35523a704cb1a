/* SPDX-License-Identifier: GPL-2.0-only */
/* A memory region, and the table of a VM's regions. */
#ifndef HVK_MEMORY_SLOT_STATE_H
#define HVK_MEMORY_SLOT_STATE_H

#include <linux/interval_tree.h>
#include <linux/types.h>

struct hvk_pins;

/* One region of guest memory. Once it is published only place[] changes. */
struct hvk_slot {
	u32 id;			/* KVM's slot number */
	u32 flags;		/* KVM_MEM_READONLY, KVM_MEM_LOG_DIRTY_PAGES */
	u64 ipa;
	u64 size;		/* bytes, not 0 */
	unsigned long hva;
	unsigned long *dirty;	/* one bit for each 4 KiB page, or NULL */
	struct hvk_pins *pins;	/* its pinned pages if HVK_PINS_MEMORY, else NULL */
	struct hvk_slot_place {
		struct interval_tree_node ipa, hva;
	} place[2];		/* its nodes in each copy of the table */
};

struct hvk_slots {
	unsigned int copy;	/* 0 or 1: the index into slot->place[] */
	struct rb_root_cached by_ipa, by_hva;
};

#endif /* HVK_MEMORY_SLOT_STATE_H */
