// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMM sets the guest's counts (EL1, process context): KVM_REG_ARM_TIMER_CNT,
 * KVM_REG_ARM_PTIMER_CNT, KVM_ARM_SET_COUNTER_OFFSET. When CNTPCT jumps, the physical
 * timers of all the VM's vCPUs are evaluated again.
 */
#include <linux/lockdep.h>
#include <linux/mutex.h>

#include "base/compat.h"
#include "core/kick.h"
#include "core/vcpu.h"
#include "time/counter.h"
#include "time/offset.h"
#include "time/vtimer.h"

void hvk_vtimer_set_count(struct hvk_vcpu *vcpu, u64 count)
{
	struct hvk_vm *vm = vcpu->vm;

	if (!READ_ONCE(vm->counter_offset))
		WRITE_ONCE(vm->cntvoff, hvk_ptimer_now() - count);
}

void hvk_ptimer_set_count(struct hvk_vcpu *vcpu, u64 count)
{
	struct hvk_vm *vm = vcpu->vm;
	unsigned int i, nr = hvk_nr_vcpus(vm);

	if (READ_ONCE(vm->counter_offset))
		return;
	WRITE_ONCE(vm->cntpoff, hvk_ptimer_now() - count);
	hvk_ptimer_restart(vcpu);
	/* The others may be in RUN: each does it in its own thread. */
	for (i = 0; i < nr; i++)
		if (vm->vcpu[i] != vcpu)
			hvk_request(vm->vcpu[i], HVK_REQ_PTIMER);
}

int hvk_counter_set_offset(struct hvk_vm *vm,
			   const struct kvm_arm_counter_offset *args)
{
	unsigned int i;
	int err;

	if (args->reserved)
		return -EINVAL;
	mutex_lock(&vm->lock);
	err = hvk_vcpus_trylock(vm);
	if (err)
		goto out;
	/*
	 * The VMM has chosen the offset: counts that it writes by ONE_REG are ignored
	 * from now on.
	 */
	WRITE_ONCE(vm->counter_offset, true);
	WRITE_ONCE(vm->cntvoff, args->counter_offset);
	WRITE_ONCE(vm->cntpoff, args->counter_offset);
	for (i = 0; i < vm->nr_vcpus; i++)
		hvk_ptimer_restart(vm->vcpu[i]);
	hvk_vcpus_unlock(vm);
out:
	mutex_unlock(&vm->lock);
	return err;
}
