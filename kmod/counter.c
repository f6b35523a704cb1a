// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counts that a guest reads, CNTVCT and CNTPCT, and how far each is behind
 * the host's (EL1; DDI 0487 D11.1.2).
 *
 * CNTVCT's offset is in hardware (CNTVOFF_EL2). CNTPCT has none on a PE without
 * FEAT_ECV: while there is an offset the guest's reads of it trap
 * (HVK_CTX_F_PCT). Both offsets are the VM's, so that its vCPUs agree.
 */
#include <linux/compiler.h>
#include <linux/mutex.h>

#include <asm/sysreg.h>

#include "counter.h"
#include "hvk_host.h"

u64 hvk_ptimer_now(void)
{
	isb();	/* the count is not read earlier than it stands here */
	return read_sysreg(cntpct_el0);
}

u64 hvk_ptimer_count(struct hvk_vcpu *vcpu)
{
	return hvk_ptimer_now() - READ_ONCE(vcpu->vm->cntpoff);
}

u64 hvk_vtimer_count(struct hvk_vcpu *vcpu)
{
	return hvk_ptimer_now() - READ_ONCE(vcpu->vm->cntvoff);
}

void hvk_vtimer_set_count(struct hvk_vcpu *vcpu, u64 count)
{
	struct hvk_vm *vm = vcpu->vm;

	if (!READ_ONCE(vm->counter_offset))
		WRITE_ONCE(vm->cntvoff, hvk_ptimer_now() - count);
}

void hvk_ptimer_set_count(struct hvk_vcpu *vcpu, u64 count)
{
	struct hvk_vm *vm = vcpu->vm;

	if (READ_ONCE(vm->counter_offset))
		return;
	WRITE_ONCE(vm->cntpoff, hvk_ptimer_now() - count);
	hvk_ptimer_restart(vcpu);
}

void hvk_counter_flush(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;

	ctx->cfg.cntvoff = READ_ONCE(vcpu->vm->cntvoff);
	if (READ_ONCE(vcpu->vm->cntpoff))
		ctx->cfg.flags |= HVK_CTX_F_PCT;
	else
		ctx->cfg.flags &= ~HVK_CTX_F_PCT;
}

/* All or none. A vCPU's own ioctls, RUN among them, come before vm->lock. */
static bool lock_vcpus(struct hvk_vm *vm)
{
	unsigned int i;

	lockdep_assert_held(&vm->lock);
	for (i = 0; i < vm->nr_vcpus; i++)
		if (!mutex_trylock(&vm->vcpu[i]->mutex))
			goto busy;
	return true;

busy:
	while (i--)
		mutex_unlock(&vm->vcpu[i]->mutex);
	return false;
}

int hvk_counter_set_offset(struct hvk_vm *vm,
			   const struct kvm_arm_counter_offset *args)
{
	unsigned int i;
	int err = -EBUSY;

	if (args->reserved)
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (!lock_vcpus(vm))
		goto out;
	/* A VMM that sets it means it: counts by ONE_REG are ignored now. */
	WRITE_ONCE(vm->counter_offset, true);
	WRITE_ONCE(vm->cntvoff, args->counter_offset);
	WRITE_ONCE(vm->cntpoff, args->counter_offset);
	for (i = 0; i < vm->nr_vcpus; i++) {
		hvk_ptimer_restart(vm->vcpu[i]);
		mutex_unlock(&vm->vcpu[i]->mutex);
	}
	err = 0;
out:
	mutex_unlock(&vm->lock);
	return err;
}
