/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of a VM's memory regions: by IPA, where none overlaps another, and
 * by host virtual address, where many may show the same memory. Pure: no locks.
 *
 * A VM has two copies, so that readers of one are not disturbed while the other
 * changes (slots.c); a region has a place in each.
 */
#ifndef HVK_MEMORY_SLOT_TREE_H
#define HVK_MEMORY_SLOT_TREE_H

#include <linux/types.h>

#include "memory/slot_state.h"

void hvk_slots_begin(struct hvk_slots *slots, unsigned int copy);
/* Takes `gone` out and puts `add` in; either may be NULL. */
void hvk_slots_exchange(struct hvk_slots *slots, struct hvk_slot *gone,
			struct hvk_slot *add);
/* The region that holds ipa, or NULL. */
const struct hvk_slot *hvk_slots_at(struct hvk_slots *slots, u64 ipa);
/* Whether `slot` would overlap a region of another number. */
bool hvk_slots_overlap(struct hvk_slots *slots, const struct hvk_slot *slot);
/* The regions with memory in [start, end) of the host's addresses, by hva. */
struct hvk_slot *hvk_slots_first(struct hvk_slots *slots, unsigned long start,
				 unsigned long end);
/* The next after `slot`, or NULL. */
struct hvk_slot *hvk_slots_next(struct hvk_slots *slots, struct hvk_slot *slot,
				unsigned long start, unsigned long end);
/* What of the slot's IPAs shows the pages of [start, end); it is one of those. */
void hvk_slot_part(const struct hvk_slot *slot, unsigned long start,
		   unsigned long end, u64 *ipa, u64 *ipa_end);

#endif /* HVK_MEMORY_SLOT_TREE_H */
