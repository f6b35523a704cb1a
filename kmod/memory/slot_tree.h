/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of a VM's memory regions: by IPA, where no two overlap, and by host virtual
 * address, where several may have the same memory. Pure: takes no locks.
 *
 * A VM has two copies, so that readers of one are not disturbed while the other changes
 * (slots.c); each region has a place in both.
 */
#ifndef HVK_MEMORY_SLOT_TREE_H
#define HVK_MEMORY_SLOT_TREE_H

#include <linux/types.h>

#include "memory/slot_state.h"

/* Empties the table; `copy` is its index in slot->place[]. */
void hvk_slots_begin(struct hvk_slots *slots, unsigned int copy);
/* Removes `gone` and inserts `add`; either may be NULL. */
void hvk_slots_exchange(struct hvk_slots *slots, struct hvk_slot *gone,
			struct hvk_slot *add);
/* The region that holds ipa, or NULL. */
const struct hvk_slot *hvk_slots_at(struct hvk_slots *slots, u64 ipa);
/* Whether `slot` would overlap a region of another number. */
bool hvk_slots_overlap(struct hvk_slots *slots, const struct hvk_slot *slot);
/* The first region, by hva, with memory at host virtual addresses [start, end), or NULL. */
struct hvk_slot *hvk_slots_first(struct hvk_slots *slots, unsigned long start,
				 unsigned long end);
/* The next such region after `slot`, or NULL. */
struct hvk_slot *hvk_slots_next(struct hvk_slots *slots, struct hvk_slot *slot,
				unsigned long start, unsigned long end);
/*
 * The IPAs [*ipa, *ipa_end) at which the slot, which overlaps [start, end), has the
 * pages of those host addresses.
 */
void hvk_slot_part(const struct hvk_slot *slot, unsigned long start,
		   unsigned long end, u64 *ipa, u64 *ipa_end);

#endif /* HVK_MEMORY_SLOT_TREE_H */
