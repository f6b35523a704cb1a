/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's accesses to devices, and each VM's table of the devices that are in the module.
 * The files with the devices, in other folders, register them.
 */
#ifndef HVK_CORE_MMIO_H
#define HVK_CORE_MMIO_H

#include <linux/types.h>

#include "core/mmio_state.h"
#include "core/vm.h"

struct hvk_vcpu;

/*
 * Adds a region for as long as the VM lives. The one added last is tried first. vm->lock is
 * held, or nobody else knows the VM yet. Only the module's code determines the number of
 * regions, so that there is always room.
 */
void hvk_mmio_register(struct hvk_vm *vm, u64 ipa, u64 size,
		       hvk_mmio_access *access);
/*
 * Adds a device that is offered every write, wherever it is, after all regions (offset: the
 * IPA). Nobody else knows the VM yet.
 */
void hvk_mmio_snoop(struct hvk_vm *vm, hvk_mmio_access *access);
/*
 * Such a device looks for `more` addresses more than before (or less, if negative): if none
 * looks for any, none is asked. More: before the device knows the address. Any context.
 */
void hvk_mmio_snooped(struct hvk_vm *vm, int more);
/*
 * Whether ipa is far from every region, so that none of them takes an access there. Any
 * context. If a region is added just now, the access may as well have come before.
 */
static inline bool hvk_mmio_far(const struct hvk_vm *vm, u64 ipa)
{
	return ipa < READ_ONCE(vm->mmio.first) || ipa >= READ_ONCE(vm->mmio.end);
}

/* Whether a device in the module handled the access. On the vCPU's own thread; may sleep. */
bool hvk_mmio_in_kernel(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio);

#endif /* HVK_CORE_MMIO_H */
