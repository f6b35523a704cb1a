// SPDX-License-Identifier: GPL-2.0-only
/* A VM's table of the devices that are in the module (EL1, process context). */
#include <linux/bug.h>
#include <linux/minmax.h>

#include "core/mmio.h"
#include "core/vcpu.h"

void hvk_mmio_register(struct hvk_vm *vm, u64 ipa, u64 size,
		       hvk_mmio_access *access)
{
	struct hvk_mmio_regions *all = &vm->mmio;

	if (WARN_ON(all->nr == HVK_MAX_MMIO_REGIONS))
		return;
	all->region[all->nr] = (struct hvk_mmio_region){
		.ipa = ipa,
		.size = size,
		.access = access,
	};
	/* hvk_mmio_far() may see one of the two before the other: either only widens them. */
	WRITE_ONCE(all->first, all->nr ? min(all->first, ipa) : ipa);
	WRITE_ONCE(all->end, max(all->end, ipa + size));
	/* Release: the region is visible before its number; pairs with hvk_mmio_in_kernel(). */
	smp_store_release(&all->nr, all->nr + 1);
}

void hvk_mmio_snoop(struct hvk_vm *vm, hvk_mmio_access *access)
{
	struct hvk_mmio_regions *all = &vm->mmio;

	if (!WARN_ON(all->nr_snoopers == HVK_MAX_MMIO_SNOOPERS))
		all->snooper[all->nr_snoopers++] = access;
}

void hvk_mmio_snooped(struct hvk_vm *vm, int more)
{
	atomic_add(more, &vm->mmio.nr_snooped);
}

static noinline bool offer(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio)
{
	struct hvk_mmio_regions *all = &vcpu->vm->mmio;
	unsigned int i = all->nr_snoopers;

	while (i--)
		if (all->snooper[i](vcpu, mmio, mmio->ipa))
			return true;
	return false;
}

bool hvk_mmio_in_kernel(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio)
{
	struct hvk_mmio_regions *all = &vcpu->vm->mmio;
	/* Acquire: with the number come the regions; pairs with hvk_mmio_register(). */
	unsigned int i = smp_load_acquire(&all->nr);

	while (i--) {
		const struct hvk_mmio_region *region = &all->region[i];
		u64 offset = mmio->ipa - region->ipa;

		if (offset < region->size && region->access(vcpu, mmio, offset))
			return true;
	}
	/* If the VMM adds an address just now, this write may as well have come before. */
	return mmio->is_write && atomic_read(&all->nr_snooped) && offer(vcpu, mmio);
}
