// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MMU notifier (EL1): what the host takes back of guest memory leaves
 * stage-2 before the host goes on.
 *
 * A fault and an invalidation race like this: the fault reads mn_seq, asks the
 * host for the page, takes s2->lock and looks again (s2_fault.c). An
 * invalidation that started before has mn_active up, one that has ended has
 * moved mn_seq; in both cases the page may be gone, and the fault is taken
 * again, once the former has ended. One that starts later finds the mapping and
 * removes it.
 *
 * Context: the vm->mm's own threads and reclaim; may_sleep as the host says.
 * A slot is found in vm->slots as long as it has mappings (hvk_s2_freeze()).
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/srcu.h>
#include <linux/wait.h>

#include "hvk_host.h"

static struct hvk_vm *vm_of(struct mmu_notifier *mn)
{
	return container_of(mn, struct hvk_vm, s2.mn);
}

/*
 * What shows [start, end) leaves stage-2: one invalidation of TLBs for all slots
 * that meet it, unless there is more to take away than one step does.
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

/* From here to invalidation_end() faults in [start, end) are taken again. */
static void invalidation_start(struct hvk_s2 *s2, unsigned long start,
			       unsigned long end)
{
	write_lock(&s2->lock);
	if (!s2->mn_active++) {
		s2->mn_start = start;
		s2->mn_end = end;
	} else {
		/* One interval for all: faults between them wait needlessly. */
		s2->mn_start = min(s2->mn_start, start);
		s2->mn_end = max(s2->mn_end, end);
	}
	write_unlock(&s2->lock);
}

static void invalidation_end(struct hvk_s2 *s2)
{
	write_lock(&s2->lock);
	/* Read without the lock before a page is asked for: s2_fault.c. */
	WRITE_ONCE(s2->mn_seq, s2->mn_seq + 1);
	s2->mn_active--;
	write_unlock(&s2->lock);
	/* mn_seq before the queue is looked at; pairs with hvk_s2_wait()'s own. */
	if (wq_has_sleeper(&s2->mn_wait))
		wake_up_all(&s2->mn_wait);
}

/*
 * A fault that gave up for an invalidation finds mn_seq as it was only as long as
 * that is under way. Trying again and again would keep a CPU from whoever has to
 * finish, for ever if the vCPU's thread is a real-time one.
 */
int hvk_s2_wait(struct hvk_s2 *s2, unsigned long seq)
{
	might_sleep();
	return wait_event_interruptible(s2->mn_wait,
					READ_ONCE(s2->mn_seq) != seq) ?
		-EINTR : 0;
}

void hvk_s2_freeze(struct hvk_vm *vm)
{
	invalidation_start(&vm->s2, 0, ULONG_MAX);
}

void hvk_s2_thaw(struct hvk_vm *vm)
{
	invalidation_end(&vm->s2);
}

static int invalidate_start(struct mmu_notifier *mn,
			    const struct mmu_notifier_range *range)
{
	struct hvk_vm *vm = vm_of(mn);

	invalidation_start(&vm->s2, range->start, range->end);
	unmap_range(vm, range->start, range->end,
		    mmu_notifier_range_blockable(range));
	return 0;
}

static void invalidate_end(struct mmu_notifier *mn,
			   const struct mmu_notifier_range *range)
{
	invalidation_end(&vm_of(mn)->s2);
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
		/* One is enough of an answer. */
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

/* The last thread that used the mm is gone; its pages go next. */
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
	struct hvk_s2 *s2 = &vm->s2;
	int ret;

	init_waitqueue_head(&s2->mn_wait);
	s2->mn.ops = &notifier_ops;
	ret = mmu_notifier_register(&s2->mn, vm->mm);
	s2->mn_registered = !ret;
	return ret;
}

void hvk_s2_notifier_exit(struct hvk_vm *vm)
{
	struct hvk_s2 *s2 = &vm->s2;

	if (!s2->mn_registered)
		return;
	/* Runs release() unless the mm's end has; waits for all of the above. */
	mmu_notifier_unregister(&s2->mn, vm->mm);
	s2->mn_registered = false;
}
