// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds memory regions by IPA and by host virtual address, in time that grows with the
 * logarithm of their number: every call of the MMU notifier and every access to an IPA
 * that is not mapped looks here. Pure: see slot_tree.h.
 *
 * The kernel's interval trees have inclusive ends: `last` is the last byte.
 */
#include <linux/container_of.h>
#include <linux/interval_tree.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "memory/slot_state.h"
#include "memory/slot_tree.h"

static struct hvk_slot *slot_of_ipa(const struct hvk_slots *slots,
				    struct interval_tree_node *node)
{
	return node ? container_of(node, struct hvk_slot,
				   place[slots->copy].ipa) : NULL;
}

static struct hvk_slot *slot_of_hva(const struct hvk_slots *slots,
				    struct interval_tree_node *node)
{
	return node ? container_of(node, struct hvk_slot,
				   place[slots->copy].hva) : NULL;
}

void hvk_slots_begin(struct hvk_slots *slots, unsigned int copy)
{
	slots->copy = copy;
	slots->by_ipa = RB_ROOT_CACHED;
	slots->by_hva = RB_ROOT_CACHED;
}

void hvk_slots_exchange(struct hvk_slots *slots, struct hvk_slot *gone,
			struct hvk_slot *add)
{
	struct hvk_slot_place *place;

	if (gone) {
		place = &gone->place[slots->copy];
		interval_tree_remove(&place->ipa, &slots->by_ipa);
		interval_tree_remove(&place->hva, &slots->by_hva);
	}
	if (add) {
		place = &add->place[slots->copy];
		place->ipa.start = add->ipa;
		place->ipa.last = add->ipa + add->size - 1;
		place->hva.start = add->hva;
		place->hva.last = add->hva + add->size - 1;
		interval_tree_insert(&place->ipa, &slots->by_ipa);
		interval_tree_insert(&place->hva, &slots->by_hva);
	}
}

const struct hvk_slot *hvk_slots_at(struct hvk_slots *slots, u64 ipa)
{
	return slot_of_ipa(slots,
			   interval_tree_iter_first(&slots->by_ipa, ipa, ipa));
}

bool hvk_slots_overlap(struct hvk_slots *slots, const struct hvk_slot *slot)
{
	u64 last = slot->ipa + slot->size - 1;
	struct interval_tree_node *node;

	for (node = interval_tree_iter_first(&slots->by_ipa, slot->ipa, last);
	     node; node = interval_tree_iter_next(node, slot->ipa, last))
		if (slot_of_ipa(slots, node)->id != slot->id)
			return true;
	return false;
}

struct hvk_slot *hvk_slots_first(struct hvk_slots *slots, unsigned long start,
				 unsigned long end)
{
	if (start >= end)
		return NULL;
	return slot_of_hva(slots, interval_tree_iter_first(&slots->by_hva, start,
							   end - 1));
}

struct hvk_slot *hvk_slots_next(struct hvk_slots *slots, struct hvk_slot *slot,
				unsigned long start, unsigned long end)
{
	struct hvk_slot_place *place = &slot->place[slots->copy];

	return slot_of_hva(slots, interval_tree_iter_next(&place->hva, start,
							  end - 1));
}

void hvk_slot_part(const struct hvk_slot *slot, unsigned long start,
		   unsigned long end, u64 *ipa, u64 *ipa_end)
{
	start = max(start, slot->hva) & PAGE_MASK;
	end = min_t(unsigned long, end, slot->hva + slot->size);
	*ipa = slot->ipa + (start - slot->hva);
	*ipa_end = slot->ipa + PAGE_ALIGN(end - slot->hva);
}
