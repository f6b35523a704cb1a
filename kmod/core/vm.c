// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM as everybody knows it (EL1, any context but where said): who keeps it, and
 * its vCPUs.
 *
 * A VM lives as long as one of its files does (its own, a vCPU's, a device's).
 * vCPU structures live as long as the VM, so that interrupts and kicks may
 * follow vm->vcpu[] without a lock.
 */
#include <linux/refcount.h>
#include <linux/string.h>

#include <asm/sysreg.h>

#include "core/hvk_host.h"

unsigned int hvk_max_vcpus(void)
{
	/* The CPU interfaces that a GICv2 distributor has room for. */
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

struct hvk_vcpu *hvk_vcpu_by_mpidr(struct hvk_vm *vm, u64 mpidr)
{
	unsigned int i, nr = hvk_nr_vcpus(vm);

	mpidr &= MPIDR_HWID_BITMASK;
	for (i = 0; i < nr; i++) {
		u64 have = vm->vcpu[i]->ctx->sys[HVK_SYS_MPIDR_EL1];

		if ((have & MPIDR_HWID_BITMASK) == mpidr)
			return vm->vcpu[i];
	}
	return NULL;
}

int hvk_exit_system_event(struct hvk_vcpu *vcpu, u32 type)
{
	struct kvm_run *run = vcpu->run;

	memset(&run->system_event, 0, sizeof(run->system_event));
	run->system_event.type = type;
	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	return 0;
}
