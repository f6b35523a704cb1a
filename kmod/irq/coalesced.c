// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coalesced MMIO: the guest's writes to zones that the VMM registers do not exit one by
 * one; they wait in a ring until the VMM looks at it at its next exit (process
 * context).
 *
 * The ring is a page that the VMM maps and can write: the VMM removes entries at
 * `first`, the module adds them at `last`. Both indices are hostile; each is read once,
 * and `last` is checked before it is used as an index.
 */
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/byteorder.h>

#include "core/mmio.h"
#include "core/vcpu.h"
#include "irq/coalesced.h"

/* KVM's limit of devices on a bus; -ENOSPC beyond it. */
#define MAX_ZONES	1000
#define RING_ENTRIES							\
	((PAGE_SIZE - sizeof(struct kvm_coalesced_mmio_ring)) /		\
	 sizeof(struct kvm_coalesced_mmio))

struct mmio_zone {
	struct list_head link;
	u64 addr;		/* IPA */
	u32 size;		/* bytes */
	bool pio;		/* port I/O, which a guest here never does: never hit */
};

static bool contains(const struct mmio_zone *zone, u64 addr, u32 len)
{
	return addr >= zone->addr && len <= zone->size &&
	       addr - zone->addr <= zone->size - len;
}

/* Adds an entry; false if the ring is full or the VMM has set `last` out of range. */
static bool ring_put(struct kvm_coalesced_mmio_ring *ring,
		     const struct hvk_mmio *mmio)
{
	u32 last = READ_ONCE(ring->last), next;
	__le64 data = cpu_to_le64(mmio->data);
	struct kvm_coalesced_mmio entry = {
		.phys_addr = mmio->ipa,
		.len = mmio->len,
	};

	if (last >= RING_ENTRIES)
		return false;
	/* One entry stays free, to tell a full ring from an empty one. */
	next = (last + 1) % RING_ENTRIES;
	if (next == READ_ONCE(ring->first))
		return false;
	memcpy(entry.data, &data, mmio->len);
	ring->coalesced_mmio[array_index_nospec(last, RING_ENTRIES)] = entry;
	/* Orders the entry before the index that makes it visible to the VMM. */
	smp_store_release(&ring->last, next);
	return true;
}

static noinline bool put_in_zone(struct hvk_coalesced *c, const struct hvk_mmio *mmio)
{
	const struct mmio_zone *zone;
	bool taken = false;

	spin_lock(&c->lock);
	list_for_each_entry(zone, &c->zones, link) {
		if (!zone->pio && contains(zone, mmio->ipa, mmio->len)) {
			taken = ring_put(c->ring, mmio);
			break;
		}
	}
	spin_unlock(&c->lock);
	return taken;
}

/* hvk_mmio_access for writes to any address: true if the ring took this one. */
static bool access_zones(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio,
			 u64 offset)
{
	struct hvk_coalesced *c = &vcpu->vm->coalesced;

	/*
	 * No lock: if the VMM registers a zone just now, this write may as well have
	 * come before.
	 */
	return !list_empty(&c->zones) && put_in_zone(c, mmio);
}

int hvk_coalesced_register(struct hvk_vm *vm,
			   const struct kvm_coalesced_mmio_zone *args)
{
	struct hvk_coalesced *c = &vm->coalesced;
	struct mmio_zone *zone;
	int err = 0;

	if (args->pio > 1)
		return -EINVAL;
	zone = kzalloc(sizeof(*zone), GFP_KERNEL_ACCOUNT);
	if (!zone)
		return -ENOMEM;
	zone->addr = args->addr;
	zone->size = args->size;
	zone->pio = args->pio;

	spin_lock(&c->lock);
	if (c->nr < MAX_ZONES) {
		hvk_mmio_snooped(vm, 1);
		list_add_tail(&zone->link, &c->zones);
		c->nr++;
	} else {
		err = -ENOSPC;
	}
	spin_unlock(&c->lock);
	if (err)
		kfree(zone);
	return err;
}

int hvk_coalesced_unregister(struct hvk_vm *vm,
			     const struct kvm_coalesced_mmio_zone *args)
{
	struct hvk_coalesced *c = &vm->coalesced;
	struct mmio_zone *zone, *next;
	LIST_HEAD(gone);

	if (args->pio > 1)
		return -EINVAL;
	spin_lock(&c->lock);
	list_for_each_entry_safe(zone, next, &c->zones, link) {
		if (zone->pio != args->pio || args->size > INT_MAX ||
		    !contains(zone, args->addr, args->size))
			continue;
		list_move(&zone->link, &gone);
		c->nr--;
		hvk_mmio_snooped(vm, -1);
	}
	spin_unlock(&c->lock);
	list_for_each_entry_safe(zone, next, &gone, link)
		kfree(zone);
	return 0;
}

struct page *hvk_coalesced_page(struct hvk_vm *vm)
{
	return virt_to_page(vm->coalesced.ring);
}

int hvk_coalesced_init(struct hvk_vm *vm)
{
	struct hvk_coalesced *c = &vm->coalesced;

	spin_lock_init(&c->lock);
	INIT_LIST_HEAD(&c->zones);
	c->ring = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!c->ring)
		return -ENOMEM;
	hvk_mmio_snoop(vm, access_zones);
	return 0;
}

void hvk_coalesced_destroy(struct hvk_vm *vm)
{
	struct hvk_coalesced *c = &vm->coalesced;
	struct mmio_zone *zone, *next;

	list_for_each_entry_safe(zone, next, &c->zones, link)
		kfree(zone);
	/* A mapping of the ring holds a reference to the page of its own. */
	free_page((unsigned long)c->ring);
}
