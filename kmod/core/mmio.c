// SPDX-License-Identifier: GPL-2.0-only
/* A VM's table of the devices that are in the module (EL1, process context). */
#include <linux/bug.h>

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
	/* Release: the region is visible before its number; pairs with hvk_mmio_in_kernel(). */
	smp_store_release(&all->nr, all->nr + 1);
}

bool hvk_mmio_in_kernel(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio)
{
	struct hvk_mmio_regions *all = &vcpu->vm->mmio;
	/* Acquire: with the number come the regions; pairs with hvk_mmio_register(). */
	unsigned int i = smp_load_acquire(&all->nr);

	while (i--) {
		const struct hvk_mmio_region *region = &all->region[i];
		u64 offset = mmio->ipa - region->ipa;

		if (mmio->ipa >= region->ipa && offset < region->size &&
		    region->access(vcpu, mmio, offset))
			return true;
	}
	return false;
}
