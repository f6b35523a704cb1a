// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory regions of a VM (process context).
 *
 * There are two copies of the table of regions (slot_tree.c). vm->slots points to the
 * one that readers use, under slots_srcu, the MMU notifier among them. A change, under
 * slots_lock, is made in the other copy first, which then becomes vm->slots; once
 * nobody reads the old copy any more, the change is made there as well. So a change
 * costs the logarithm of the number of regions and a grace period, allocates nothing,
 * and cannot fail halfway. A region itself never changes: a new one takes its place.
 * Lookups are in slot.c, dirty logging in dirty.c.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "core/vm.h"
#include "memory/dirty.h"
#include "memory/inval.h"
#include "memory/pins.h"
#include "memory/slot.h"
#include "memory/slot_tree.h"
#include "memory/slots.h"
#include "memory/stage2.h"

#define SLOT_FLAGS	(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY)

/* --- the table ----------------------------------------------------------- */

static struct hvk_slots *current_slots(struct hvk_vm *vm)
{
	return rcu_dereference_protected(vm->slots,
					 lockdep_is_held(&vm->slots_lock));
}

/* On return no reader sees `gone` any more, and all see `add`; either may be NULL. */
static void publish(struct hvk_vm *vm, struct hvk_slot *gone,
		    struct hvk_slot *add)
{
	struct hvk_slots *old = current_slots(vm);
	struct hvk_slots *new = &vm->slots_copy[!old->copy];

	hvk_slots_exchange(new, gone, add);
	rcu_assign_pointer(vm->slots, new);
	/* Release: who sees the new number finds the new slots; pairs with device_access(). */
	smp_store_release(&vm->slots_gen, vm->slots_gen + 1);
	/* After this nobody reads the old copy any more, so it may change as well. */
	synchronize_srcu_expedited(&vm->slots_srcu);
	hvk_slots_exchange(old, gone, add);
}

/*
 * Removes a region: its mappings first, while the MMU notifier still finds it. No fault
 * maps its memory again until the new table is published.
 */
static void drop_and_publish(struct hvk_vm *vm, struct hvk_slot *gone,
			     struct hvk_slot *add)
{
	hvk_s2_freeze(vm);
	hvk_s2_unmap(vm, gone->ipa, gone->size);
	publish(vm, gone, add);
	hvk_s2_thaw(vm);
}

/* --- ioctls -------------------------------------------------------------- */

static int check_region(struct hvk_vm *vm,
			const struct kvm_userspace_memory_region *r)
{
	if (r->flags & ~SLOT_FLAGS)
		return -EINVAL;
	/* Bits 31:16 are an address space; there is only number 0. */
	if (r->slot >> 16 || r->slot >= HVK_MAX_SLOTS)
		return -EINVAL;
	if (!PAGE_ALIGNED(r->memory_size) || !PAGE_ALIGNED(r->guest_phys_addr) ||
	    !PAGE_ALIGNED(r->userspace_addr))
		return -EINVAL;
	if (r->guest_phys_addr + r->memory_size < r->guest_phys_addr ||
	    r->memory_size >> PAGE_SHIFT > HVK_MAX_SLOT_PAGES)
		return -EINVAL;
	if (untagged_addr(r->userspace_addr) != r->userspace_addr ||
	    !access_ok((void __user *)r->userspace_addr, r->memory_size))
		return -EINVAL;
	return 0;
}

static void slot_delete(struct hvk_vm *vm, struct hvk_slot *old)
{
	xa_erase(&vm->slots_by_id, old->id);
	drop_and_publish(vm, old, NULL);
	hvk_pins_destroy(old->pins);
	kvfree(old->dirty);
	kfree(old);
}

/*
 * Whether `old` may be changed to `new`. The guest may have the memory mapped, so it
 * cannot be replaced.
 */
static bool may_become(const struct hvk_slot *old, const struct hvk_slot *new)
{
	return new->size == old->size && new->hva == old->hva &&
	       !((new->flags ^ old->flags) & KVM_MEM_READONLY);
}

/*
 * Puts `slot` in the place of `old`, the region with this number (or NULL). On success
 * the VM owns `slot`, which the caller allocated, and `old` is freed.
 */
static int slot_change(struct hvk_vm *vm, struct hvk_slot *old,
		       struct hvk_slot *slot)
{
	bool logs = slot->flags & KVM_MEM_LOG_DIRTY_PAGES;
	bool own_log = false;

	if (hvk_slots_overlap(current_slots(vm), slot))
		return -EEXIST;
	if (old)
		slot->pins = old->pins;
	else
		slot->pins = hvk_pins_create(vm->mm, slot->size >> PAGE_SHIFT,
					     !(slot->flags & KVM_MEM_READONLY));
	if (IS_ERR(slot->pins))
		return PTR_ERR(slot->pins);
	if (logs && old)
		slot->dirty = old->dirty;
	if (logs && !slot->dirty) {
		if (hvk_dirty_alloc(vm, slot))
			goto no_log;
		own_log = true;
	}
	if (xa_is_err(xa_store(&vm->slots_by_id, slot->id, slot,
			       GFP_KERNEL_ACCOUNT)))
		goto no_place;

	if (old && old->ipa != slot->ipa)
		drop_and_publish(vm, old, slot);
	else
		publish(vm, old, slot);
	if (old && old->dirty != slot->dirty)
		kvfree(old->dirty);
	kfree(old);
	if (logs)
		hvk_dirty_start(vm, slot);
	return 0;

no_place:
	if (own_log)
		kvfree(slot->dirty);
no_log:
	if (!old)
		hvk_pins_destroy(slot->pins);
	return -ENOMEM;
}

static int slot_set(struct hvk_vm *vm, struct hvk_slot *old,
		    const struct hvk_slot *want)
{
	struct hvk_slot *slot;
	int err;

	if (!want->size) {
		if (!old)
			return -EINVAL;
		slot_delete(vm, old);
		return 0;
	}
	if (want->ipa + want->size > BIT_ULL(vm->s2.ipa_bits))
		return -EFAULT;
	if (old && !may_become(old, want))
		return -EINVAL;
	if (old && want->ipa == old->ipa && want->flags == old->flags)
		return 0;
	slot = kmemdup(want, sizeof(*want), GFP_KERNEL_ACCOUNT);
	if (!slot)
		return -ENOMEM;
	err = slot_change(vm, old, slot);
	if (err)
		kfree(slot);
	return err;
}

int hvk_slots_set(struct hvk_vm *vm,
		  const struct kvm_userspace_memory_region *r)
{
	struct hvk_slot want = {
		.id = r->slot,
		.flags = r->flags,
		.ipa = r->guest_phys_addr,
		.size = r->memory_size,
		.hva = r->userspace_addr,
	};
	int err;

	err = check_region(vm, r);
	if (err)
		return err;

	mutex_lock(&vm->slots_lock);
	err = slot_set(vm, hvk_slot_by_id(vm, want.id), &want);
	mutex_unlock(&vm->slots_lock);
	return err;
}

void hvk_slots_unmap_all(struct hvk_vm *vm)
{
	struct hvk_slot *slot;
	unsigned long id;

	mutex_lock(&vm->slots_lock);
	xa_for_each(&vm->slots_by_id, id, slot)
		hvk_s2_unmap(vm, slot->ipa, slot->size);
	mutex_unlock(&vm->slots_lock);
}

void hvk_slots_flush(struct hvk_vm *vm)
{
	struct hvk_slot *slot;
	unsigned long id;

	/*
	 * A process that exits or executes another program gives up its mm before it
	 * closes files.
	 */
	if (atomic_read(&vm->mm->mm_users))
		return;
	WRITE_ONCE(vm->dead, true);
	hvk_s2_release(vm);
	mutex_lock(&vm->slots_lock);
	xa_for_each(&vm->slots_by_id, id, slot)
		hvk_pins_drop(slot->pins);
	mutex_unlock(&vm->slots_lock);
}

/* --- lifetime ------------------------------------------------------------ */

int hvk_slots_init(struct hvk_vm *vm)
{
	unsigned int i;

	mutex_init(&vm->slots_lock);
	xa_init(&vm->slots_by_id);
	for (i = 0; i < ARRAY_SIZE(vm->slots_copy); i++)
		hvk_slots_begin(&vm->slots_copy[i], i);
	RCU_INIT_POINTER(vm->slots, &vm->slots_copy[0]);
	return init_srcu_struct(&vm->slots_srcu);
}

void hvk_slots_destroy(struct hvk_vm *vm)
{
	struct hvk_slot *slot;
	unsigned long id;

	xa_for_each(&vm->slots_by_id, id, slot) {
		hvk_pins_destroy(slot->pins);
		kvfree(slot->dirty);
		kfree(slot);
	}
	xa_destroy(&vm->slots_by_id);
	cleanup_srcu_struct(&vm->slots_srcu);
}
