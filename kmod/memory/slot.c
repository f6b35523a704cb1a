// SPDX-License-Identifier: GPL-2.0-only
/* Looking up a VM's memory regions (EL1). slots.c changes them. */
#include <linux/lockdep.h>
#include <linux/srcu.h>
#include <linux/xarray.h>

#include "core/vm.h"
#include "memory/slot.h"
#include "memory/slot_tree.h"

const struct hvk_slot *hvk_slot_find(struct hvk_vm *vm, u64 ipa)
{
	struct hvk_slots *slots;

	slots = srcu_dereference_check(vm->slots, &vm->slots_srcu,
				       lockdep_is_held(&vm->slots_lock));
	return hvk_slots_at(slots, ipa);
}

struct hvk_slot *hvk_slot_by_id(struct hvk_vm *vm, u32 id)
{
	lockdep_assert_held(&vm->slots_lock);
	return xa_load(&vm->slots_by_id, id);
}
