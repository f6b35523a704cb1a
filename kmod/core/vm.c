// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's reference count (EL1).
 *
 * A VM lives as long as one of its files does (its own, a vCPU's, a device's).
 * vCPU structures live as long as the VM, so that interrupts and kicks may
 * follow vm->vcpu[] without a lock.
 */
#include <linux/refcount.h>

#include "core/vm.h"

unsigned int hvk_max_vcpus(void)
{
	/* A GICv2 distributor supports no more CPU interfaces. */
	return 8;
}

void hvk_vm_begin(struct hvk_vm *vm, void (*release)(struct hvk_vm *vm))
{
	refcount_set(&vm->users, 1);
	vm->release = release;
}

void hvk_vm_get(struct hvk_vm *vm)
{
	refcount_inc(&vm->users);
}

void hvk_vm_put(struct hvk_vm *vm)
{
	if (refcount_dec_and_test(&vm->users))
		vm->release(vm);
}
