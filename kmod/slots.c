// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory regions of a VM (process context).
 *
 * The table of regions points at them in the order of their addresses. It is
 * replaced whole, under slots_lock; readers hold slots_srcu, the MMU notifier
 * among them. A region never changes: another takes its place. Dirty logging is dirty.c.
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

/* Where the first region that ends behind ipa is; slots->nr: nowhere. */
static unsigned int first_behind(const struct hvk_slots *slots, u64 ipa)
{
	unsigned int lo = 0, hi = slots->nr;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;
		const struct hvk_slot *slot = slots->slot[mid];

		if (ipa < slot->ipa + slot->size)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

const struct hvk_slot *hvk_slot_find(struct hvk_vm *vm, u64 ipa)
{
	const struct hvk_slots *slots;
	unsigned int i;

	slots = srcu_dereference_check(vm->slots, &vm->slots_srcu,
				       lockdep_is_held(&vm->slots_lock));
	i = first_behind(slots, ipa);
	return i < slots->nr && slots->slot[i]->ipa <= ipa ? slots->slot[i] :
							     NULL;
}

/* --- the table ----------------------------------------------------------- */

static struct hvk_slots *current_slots(struct hvk_vm *vm)
{
	return rcu_dereference_protected(vm->slots,
					 lockdep_is_held(&vm->slots_lock));
}

const struct hvk_slot *hvk_slot_by_id(struct hvk_vm *vm, u32 id)
{
	lockdep_assert_held(&vm->slots_lock);
	return xa_load(&vm->slots_by_id, id);
}

static bool overlaps(const struct hvk_slots *slots, const struct hvk_slot *new)
{
	unsigned int i = first_behind(slots, new->ipa);

	for (; i < slots->nr; i++) {
		if (slots->slot[i]->ipa >= new->ipa + new->size)
			break;
		if (slots->slot[i]->id != new->id)
			return true;
	}
	return false;
}

/* A copy of old without the region `gone`, and with `add`; either may be NULL. */
static struct hvk_slots *slots_with(const struct hvk_slots *old,
				    const struct hvk_slot *gone,
				    const struct hvk_slot *add)
{
	struct hvk_slots *new;
	unsigned int i;

	new = kvmalloc(struct_size(new, slot, old->nr + 1), GFP_KERNEL_ACCOUNT);
	if (!new)
		return NULL;
	new->nr = 0;
	for (i = 0; i < old->nr; i++) {
		const struct hvk_slot *s = old->slot[i];

		if (add && add->ipa < s->ipa) {
			new->slot[new->nr++] = add;
			add = NULL;
		}
		if (s != gone)
			new->slot[new->nr++] = s;
	}
	if (add)
		new->slot[new->nr++] = add;
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

static int slot_delete(struct hvk_vm *vm, const struct hvk_slot *old)
{
	struct hvk_slots *new = slots_with(current_slots(vm), old, NULL);

	if (!new)
		return -ENOMEM;
	xa_erase(&vm->slots_by_id, old->id);
	drop_and_publish(vm, old, new);
	kvfree(old->dirty);
	kfree(old);
	return 0;
}

/* What is mapped cannot be exchanged under the guest. */
static bool may_become(const struct hvk_slot *old, const struct hvk_slot *new)
{
	return new->size == old->size && new->hva == old->hva &&
	       !((new->flags ^ old->flags) & KVM_MEM_READONLY);
}

/*
 * Takes over `slot`, which was allocated, if it succeeds. `old` is the region
 * of this number, or NULL.
 */
static int slot_change(struct hvk_vm *vm, const struct hvk_slot *old,
		       struct hvk_slot *slot)
{
	bool logs = slot->flags & KVM_MEM_LOG_DIRTY_PAGES;
	bool own_log = false;
	struct hvk_slots *new;

	if (overlaps(current_slots(vm), slot))
		return -EEXIST;
	if (logs && old)
		slot->dirty = old->dirty;
	if (logs && !slot->dirty) {
		if (hvk_dirty_alloc(vm, slot))
			return -ENOMEM;
		own_log = true;
	}
	new = slots_with(current_slots(vm), old, slot);
	if (!new)
		goto no_memory;
	if (xa_is_err(xa_store(&vm->slots_by_id, slot->id, slot,
			       GFP_KERNEL_ACCOUNT)))
		goto no_memory;

	if (old && old->ipa != slot->ipa)
		drop_and_publish(vm, old, new);
	else
		publish(vm, new);
	if (old && old->dirty != slot->dirty)
		kvfree(old->dirty);
	kfree(old);
	if (logs)
		hvk_dirty_start(vm, slot);
	return 0;

no_memory:
	kvfree(new);
	if (own_log)
		kvfree(slot->dirty);
	return -ENOMEM;
}

static int slot_set(struct hvk_vm *vm, const struct hvk_slot *old,
		    const struct hvk_slot *want)
{
	struct hvk_slot *slot;
	int err;

	if (!want->size)
		return old ? slot_delete(vm, old) : -EINVAL;
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
	struct hvk_slots *slots;
	unsigned int i;

	mutex_lock(&vm->slots_lock);
	slots = current_slots(vm);
	for (i = 0; i < slots->nr; i++)
		hvk_s2_unmap(vm, slots->slot[i]->ipa, slots->slot[i]->size);
	mutex_unlock(&vm->slots_lock);
}

/* --- lifetime ------------------------------------------------------------ */

int hvk_slots_init(struct hvk_vm *vm)
{
	struct hvk_slots *empty;
	int err;

	mutex_init(&vm->slots_lock);
	xa_init(&vm->slots_by_id);
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

	for (i = 0; i < slots->nr; i++) {
		kvfree(slots->slot[i]->dirty);
		kfree(slots->slot[i]);
	}
	kvfree(slots);
	xa_destroy(&vm->slots_by_id);
	cleanup_srcu_struct(&vm->slots_srcu);
}
