// SPDX-License-Identifier: GPL-2.0-only
/* A vCPU as everybody knows it (EL1): found by its MPIDR, and what its VMM is told. */
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
