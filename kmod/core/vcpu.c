// SPDX-License-Identifier: GPL-2.0-only
/* vCPUs, for all of the module (EL1): finding one, locking all, system events for the VMM. */
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include <asm/sysreg.h>

#include "core/vcpu.h"

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

int hvk_vcpus_trylock(struct hvk_vm *vm)
{
	unsigned int i;

	lockdep_assert_held(&vm->lock);
	for (i = 0; i < vm->nr_vcpus; i++)
		if (!mutex_trylock(&vm->vcpu[i]->mutex))
			goto busy;
	return 0;

busy:
	while (i--)
		mutex_unlock(&vm->vcpu[i]->mutex);
	return -EBUSY;
}

void hvk_vcpus_unlock(struct hvk_vm *vm)
{
	unsigned int i;

	for (i = vm->nr_vcpus; i; i--)
		mutex_unlock(&vm->vcpu[i - 1]->mutex);
}
