// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MMU notifier (EL1): guest memory that the host takes back is unmapped from
 * stage-2 before the host goes on. How faults wait for that is explained in
 * memory/inval.c.
 *
 * Context: the threads of vm->mm, and reclaim. invalidate_start() sleeps only if the
 * host allows it (may_sleep). A slot is found in vm->slots as long as it has mappings
 * (hvk_s2_freeze()).
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/srcu.h>

#include "base/compat.h"
#include "core/vm.h"
#include "memory/inval.h"
#include "memory/notifier.h"
#include "memory/slot_tree.h"
#include "memory/stage2.h"

static struct hvk_vm *vm_of(struct mmu_notifier *mn)
{
	return container_of(mn, struct hvk_vm, s2.notifier.mn);
}

/*
 * Unmaps from stage-2 what maps host virtual addresses [start, end), with one TLB
 * invalidation for all slots that overlap the range, unless that is more than one step
 * takes away.
 */
static void unmap_range(struct hvk_vm *vm, unsigned long start,
			unsigned long end, bool may_sleep)
{
	struct hvk_slots *slots;
	struct hvk_slot *slot;
	struct hvk_s2_gather g;
	u64 ipa, ipa_end;
	int idx;

	idx = srcu_read_lock(&vm->slots_srcu);
	slots = srcu_dereference(vm->slots, &vm->slots_srcu);
	slot = hvk_slots_first(slots, start, end);
	if (!slot)
		goto out;
	write_lock(&vm->s2.lock);
	hvk_s2_settle(&vm->s2, may_sleep);
	hvk_s2_gather_begin(&g, &vm->s2.table);
	for (; slot; slot = hvk_slots_next(slots, slot, start, end)) {
		hvk_slot_part(slot, start, end, &ipa, &ipa_end);
		while (ipa < ipa_end) {
			ipa = hvk_s2_gather_unmap(&g, ipa, ipa_end);
			if (!hvk_s2_gather_full(&g))
				continue;
			hvk_s2_gather_finish(&g);
			hvk_s2_settle(&vm->s2, may_sleep);
		}
	}
	hvk_s2_gather_finish(&g);
	hvk_s2_settle(&vm->s2, may_sleep);
	write_unlock(&vm->s2.lock);
out:
	srcu_read_unlock(&vm->slots_srcu, idx);
}

static int invalidate_start(struct mmu_notifier *mn,
			    const struct mmu_notifier_range *range)
{
	struct hvk_vm *vm = vm_of(mn);

	hvk_s2_inval_begin(&vm->s2, range->start, range->end);
	unmap_range(vm, range->start, range->end,
		    mmu_notifier_range_blockable(range));
	return 0;
}

static void invalidate_end(struct mmu_notifier *mn,
			   const struct mmu_notifier_range *range)
{
	hvk_s2_inval_end(&vm_of(mn)->s2);
}

static bool age_range(struct hvk_vm *vm, unsigned long start, unsigned long end,
		      enum hvk_s2_age how)
{
	struct hvk_slots *slots;
	struct hvk_slot *slot;
	struct hvk_s2_gather g;
	bool young = false;
	u64 ipa, ipa_end;
	int idx;

	idx = srcu_read_lock(&vm->slots_srcu);
	slots = srcu_dereference(vm->slots, &vm->slots_srcu);
	slot = hvk_slots_first(slots, start, end);
	if (!slot)
		goto out;
	write_lock(&vm->s2.lock);
	hvk_s2_gather_begin(&g, &vm->s2.table);
	for (; slot; slot = hvk_slots_next(slots, slot, start, end)) {
		hvk_slot_part(slot, start, end, &ipa, &ipa_end);
		young |= hvk_s2_gather_age(&g, ipa, ipa_end, how);
		/* One accessed page answers the question. */
		if (young && how == HVK_S2_AGE_TEST)
			break;
	}
	hvk_s2_gather_finish(&g);
	write_unlock(&vm->s2.lock);
out:
	srcu_read_unlock(&vm->slots_srcu, idx);
	return young;
}

static hvk_young_t clear_flush_young(struct mmu_notifier *mn,
				     struct mm_struct *mm, unsigned long start,
				     unsigned long end)
{
	return age_range(vm_of(mn), start, end, HVK_S2_AGE_FLUSH);
}

static hvk_young_t clear_young(struct mmu_notifier *mn, struct mm_struct *mm,
			       unsigned long start, unsigned long end)
{
	return age_range(vm_of(mn), start, end, HVK_S2_AGE_CLEAR);
}

static hvk_young_t test_young(struct mmu_notifier *mn, struct mm_struct *mm,
			      unsigned long address)
{
	return age_range(vm_of(mn), address, address + 1, HVK_S2_AGE_TEST);
}

/* The mm is going away with its last user: drops all mappings before its pages are freed. */
static void release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct hvk_vm *vm = vm_of(mn);

	WRITE_ONCE(vm->dead, true);
	hvk_s2_release(vm);
}

static const struct mmu_notifier_ops notifier_ops = {
	.invalidate_range_start = invalidate_start,
	.invalidate_range_end = invalidate_end,
	.clear_flush_young = clear_flush_young,
	.clear_young = clear_young,
	.test_young = test_young,
	.release = release,
};

int hvk_s2_notifier_init(struct hvk_vm *vm)
{
	struct hvk_s2_notifier *notifier = &vm->s2.notifier;
	int ret;

	notifier->mn.ops = &notifier_ops;
	ret = mmu_notifier_register(&notifier->mn, vm->mm);
	notifier->registered = !ret;
	return ret;
}

void hvk_s2_notifier_exit(struct hvk_vm *vm)
{
	struct hvk_s2_notifier *notifier = &vm->s2.notifier;

	if (!notifier->registered)
		return;
	/* Calls release(), unless the end of the mm did, and waits for all callbacks above. */
	mmu_notifier_unregister(&notifier->mn, vm->mm);
	notifier->registered = false;
}
