// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory regions of a VM (process context).
 *
 * The table of regions is replaced whole, under slots_lock; readers hold
 * slots_srcu, the MMU notifier among them. Dirty logging is dirty.c.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "dirty.h"
#include "hvk_host.h"
#include "slots.h"

#define SLOT_FLAGS	(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY)

/* --- readers ------------------------------------------------------------- */

const struct hvk_slot *hvk_slot_find(struct hvk_vm *vm, u64 ipa)
{
	const struct hvk_slots *slots;
	unsigned int lo = 0, hi;

	slots = srcu_dereference_check(vm->slots, &vm->slots_srcu,
				       lockdep_is_held(&vm->slots_lock));
	hi = slots->nr;
	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;
		const struct hvk_slot *slot = &slots->slot[mid];

		if (ipa < slot->ipa)
			hi = mid;
		else if (ipa - slot->ipa >= slot->size)
			lo = mid + 1;
		else
			return slot;
	}
	return NULL;
}

/* --- the table ----------------------------------------------------------- */

static struct hvk_slots *current_slots(struct hvk_vm *vm)
{
	return rcu_dereference_protected(vm->slots,
					 lockdep_is_held(&vm->slots_lock));
}

static struct hvk_slot *slot_by_id(struct hvk_slots *slots, u32 id)
{
	unsigned int i;

	for (i = 0; i < slots->nr; i++)
		if (slots->slot[i].id == id)
			return &slots->slot[i];
	return NULL;
}

const struct hvk_slot *hvk_slot_by_id(struct hvk_vm *vm, u32 id)
{
	return slot_by_id(current_slots(vm), id);
}

static bool overlaps(const struct hvk_slots *slots, const struct hvk_slot *new)
{
	unsigned int i;

	for (i = 0; i < slots->nr; i++) {
		const struct hvk_slot *s = &slots->slot[i];

		if (s->id != new->id && s->ipa < new->ipa + new->size &&
		    new->ipa < s->ipa + s->size)
			return true;
	}
	return false;
}

/* A copy of old without region `id`, and with `add` in its place if given. */
static struct hvk_slots *slots_with(const struct hvk_slots *old, u32 id,
				    const struct hvk_slot *add)
{
	struct hvk_slots *new;
	unsigned int i;

	new = kvzalloc(struct_size(new, slot, old->nr + 1), GFP_KERNEL_ACCOUNT);
	if (!new)
		return NULL;
	for (i = 0; i < old->nr; i++) {
		const struct hvk_slot *s = &old->slot[i];

		if (add && add->ipa < s->ipa) {
			new->slot[new->nr++] = *add;
			add = NULL;
		}
		if (s->id != id)
			new->slot[new->nr++] = *s;
	}
	if (add)
		new->slot[new->nr++] = *add;
	return new;
}

static void publish(struct hvk_vm *vm, struct hvk_slots *new)
{
	struct hvk_slots *old = current_slots(vm);

	rcu_assign_pointer(vm->slots, new);
	synchronize_srcu_expedited(&vm->slots_srcu);
	kvfree(old);
}

/*
 * A region goes: its mappings first, while the MMU notifier still finds it,
 * and no fault brings one back until the new table is there.
 */
static void drop_and_publish(struct hvk_vm *vm, const struct hvk_slot *old,
			     struct hvk_slots *new)
{
	hvk_s2_freeze(vm);
	hvk_s2_unmap(vm, old->ipa, old->size);
	publish(vm, new);
	hvk_s2_thaw(vm);
}

/* --- ioctls -------------------------------------------------------------- */

static int check_region(struct hvk_vm *vm,
			const struct kvm_userspace_memory_region *r)
{
	if (r->flags & ~SLOT_FLAGS)
		return -EINVAL;
	/* Bits 31:16 are an address space, of which there is one. */
	if (r->slot >> 16 || r->slot >= HVK_MAX_SLOTS)
		return -EINVAL;
	if (!PAGE_ALIGNED(r->memory_size) || !PAGE_ALIGNED(r->guest_phys_addr) ||
	    !PAGE_ALIGNED(r->userspace_addr))
		return -EINVAL;
	if (r->guest_phys_addr + r->memory_size < r->guest_phys_addr)
		return -EINVAL;
	if (untagged_addr(r->userspace_addr) != r->userspace_addr ||
	    !access_ok((void __user *)r->userspace_addr, r->memory_size))
		return -EINVAL;
	return 0;
}

static int slot_delete(struct hvk_vm *vm, const struct hvk_slot *found)
{
	struct hvk_slot old = *found;
	struct hvk_slots *new = slots_with(current_slots(vm), old.id, NULL);

	if (!new)
		return -ENOMEM;
	drop_and_publish(vm, &old, new);
	kvfree(old.dirty);
	return 0;
}

static int slot_change(struct hvk_vm *vm, const struct hvk_slot *found,
		       struct hvk_slot *slot)
{
	struct hvk_slot old = {};
	struct hvk_slots *new;
	bool logs = slot->flags & KVM_MEM_LOG_DIRTY_PAGES;

	if (found) {
		old = *found;
		/* What is mapped cannot be exchanged under the guest. */
		if (slot->size != old.size || slot->hva != old.hva ||
		    (slot->flags ^ old.flags) & KVM_MEM_READONLY)
			return -EINVAL;
		if (slot->ipa == old.ipa && slot->flags == old.flags)
			return 0;
		if (logs)
			slot->dirty = old.dirty;
	}
	if (overlaps(current_slots(vm), slot))
		return -EEXIST;
	if (logs && !slot->dirty && hvk_dirty_alloc(vm, slot))
		return -ENOMEM;
	new = slots_with(current_slots(vm), slot->id, slot);
	if (!new) {
		if (slot->dirty != old.dirty)
			kvfree(slot->dirty);
		return -ENOMEM;
	}
	if (found && old.ipa != slot->ipa)
		drop_and_publish(vm, &old, new);
	else
		publish(vm, new);
	if (old.dirty && slot->dirty != old.dirty)
		kvfree(old.dirty);
	if (logs)
		hvk_dirty_start(vm, slot);
	return 0;
}

int hvk_slots_set(struct hvk_vm *vm,
		  const struct kvm_userspace_memory_region *r)
{
	struct hvk_slot slot = {
		.id = r->slot,
		.flags = r->flags,
		.ipa = r->guest_phys_addr,
		.size = r->memory_size,
		.hva = r->userspace_addr,
	};
	struct hvk_slot *found;
	int err;

	err = check_region(vm, r);
	if (err)
		return err;

	mutex_lock(&vm->slots_lock);
	found = slot_by_id(current_slots(vm), slot.id);
	if (!slot.size)
		err = found ? slot_delete(vm, found) : -EINVAL;
	else if (slot.ipa + slot.size > BIT_ULL(vm->s2.ipa_bits))
		err = -EFAULT;
	else
		err = slot_change(vm, found, &slot);
	mutex_unlock(&vm->slots_lock);
	return err;
}

void hvk_slots_unmap_all(struct hvk_vm *vm)
{
	struct hvk_slots *slots;
	unsigned int i;

	mutex_lock(&vm->slots_lock);
	slots = current_slots(vm);
	for (i = 0; i < slots->nr; i++)
		hvk_s2_unmap(vm, slots->slot[i].ipa, slots->slot[i].size);
	mutex_unlock(&vm->slots_lock);
}

/* --- lifetime ------------------------------------------------------------ */

int hvk_slots_init(struct hvk_vm *vm)
{
	struct hvk_slots *empty;
	int err;

	mutex_init(&vm->slots_lock);
	err = init_srcu_struct(&vm->slots_srcu);
	if (err)
		return err;
	empty = kvzalloc(sizeof(*empty), GFP_KERNEL_ACCOUNT);
	if (!empty) {
		cleanup_srcu_struct(&vm->slots_srcu);
		return -ENOMEM;
	}
	RCU_INIT_POINTER(vm->slots, empty);
	return 0;
}

void hvk_slots_destroy(struct hvk_vm *vm)
{
	struct hvk_slots *slots = rcu_dereference_protected(vm->slots, true);
	unsigned int i;

	for (i = 0; i < slots->nr; i++)
		kvfree(slots->slot[i].dirty);
	kvfree(slots);
	cleanup_srcu_struct(&vm->slots_srcu);
}
