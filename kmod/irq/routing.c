// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookups in the table that routes GSIs to SPIs (EL1; any context, because eventfds are
 * signalled in any). Readers hold vm->io_srcu. routes.c makes the table.
 */
#include <linux/nospec.h>
#include <linux/srcu.h>

#include "core/vm.h"
#include "irq/routing.h"

static const struct hvk_routing *current_routing(struct hvk_vm *vm)
{
	return srcu_dereference_check(vm->vgic.routing, &vm->io_srcu,
				      lockdep_is_held(&vm->io_lock));
}

u32 hvk_gsi_to_intid(struct hvk_vm *vm, u32 gsi)
{
	const struct hvk_routing *r;
	u32 intid = 0;
	int idx;

	idx = srcu_read_lock(&vm->io_srcu);
	r = current_routing(vm);
	if (r && gsi < r->nr) {
		u32 pin = r->pin[array_index_nospec(gsi, r->nr)];

		if (pin != HVK_NO_ROUTE)
			intid = HVK_NR_PRIVATE + pin;
	}
	srcu_read_unlock(&vm->io_srcu, idx);
	return intid;
}

bool hvk_intid_to_gsi(struct hvk_vm *vm, u32 intid, u32 *gsi)
{
	const struct hvk_routing *r = current_routing(vm);
	u32 pin = intid - HVK_NR_PRIVATE;

	if (!r || pin >= HVK_NR_PINS || r->gsi[pin] == HVK_NO_ROUTE)
		return false;
	*gsi = r->gsi[pin];
	return true;
}
