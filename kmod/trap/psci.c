// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI 0.1 to 1.1 for guests (DEN0022; EL1, process context), and the power state of vCPUs.
 * Several vCPUs may call at once: the power state of each vCPU is protected by its own
 * reset_lock, and no two of these locks are ever held together.
 */
#include <linux/arm-smccc.h>
#include <linux/kernel.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include "core/kick.h"
#include "sched/block.h"
#include "trap/inject.h"
#include "trap/psci.h"

/* Affinity fields of MPIDR_EL1, without U, MT and RES1 (DEN0022 5.1.4) */
#define MPIDR_AFFINITY	(GENMASK_ULL(39, 32) | GENMASK_ULL(23, 0))

/* x1 to x3; for 32-bit functions of PSCI 0.2 and later their low halves. */
struct psci_args {
	u64 a[3];
};

/* --- power state ------------------------------------------------------------------------ */

static void set_power(struct hvk_vcpu *vcpu, bool off, bool suspended)
{
	spin_lock(&vcpu->reset_lock);
	WRITE_ONCE(vcpu->powered_off, off);
	WRITE_ONCE(vcpu->suspended, suspended);
	spin_unlock(&vcpu->reset_lock);
}

void hvk_vcpu_power_off(struct hvk_vcpu *vcpu)
{
	set_power(vcpu, true, false);
	hvk_request(vcpu, HVK_REQ_PAUSE);
}

void hvk_vcpu_power_on(struct hvk_vcpu *vcpu)
{
	set_power(vcpu, false, false);
}

/* KVM_MP_STATE_SUSPENDED: the vCPU waits as in WFI, and a wake-up is reported to the VMM. */
static void suspend(struct hvk_vcpu *vcpu)
{
	set_power(vcpu, false, true);
	hvk_request(vcpu, HVK_REQ_SUSPEND);
}

int hvk_vcpu_mp_state_get(struct hvk_vcpu *vcpu, struct kvm_mp_state *state)
{
	if (READ_ONCE(vcpu->powered_off))
		state->mp_state = KVM_MP_STATE_STOPPED;
	else if (READ_ONCE(vcpu->suspended))
		state->mp_state = KVM_MP_STATE_SUSPENDED;
	else
		state->mp_state = KVM_MP_STATE_RUNNABLE;
	return 0;
}

int hvk_vcpu_mp_state_set(struct hvk_vcpu *vcpu,
			  const struct kvm_mp_state *state)
{
	switch (state->mp_state) {
	case KVM_MP_STATE_RUNNABLE:
		hvk_vcpu_power_on(vcpu);
		return 0;
	case KVM_MP_STATE_STOPPED:
		hvk_vcpu_power_off(vcpu);
		return 0;
	case KVM_MP_STATE_SUSPENDED:
		suspend(vcpu);
		return 0;
	default:
		return -EINVAL;
	}
}

u32 hvk_psci_version(const struct hvk_vcpu *vcpu)
{
	u32 version = READ_ONCE(vcpu->vm->psci_version);

	if (!test_bit(KVM_ARM_VCPU_PSCI_0_2, &vcpu->features))
		return HVK_PSCI_0_1;
	return version ? version : HVK_PSCI_1_1;
}

static u64 cpu_on(struct hvk_vcpu *vcpu, const struct psci_args *args)
{
	struct hvk_vcpu *target;
	u64 ret = PSCI_RET_SUCCESS;

	if (args->a[0] & ~MPIDR_AFFINITY)
		return PSCI_RET_INVALID_PARAMS;
	target = hvk_vcpu_by_mpidr(vcpu->vm, args->a[0]);
	if (!target)
		return PSCI_RET_INVALID_PARAMS;

	/* Of several callers, only one finds the target off. */
	spin_lock(&target->reset_lock);
	if (!target->powered_off) {
		spin_unlock(&target->reset_lock);
		return hvk_psci_version(vcpu) == HVK_PSCI_0_1 ?
		       PSCI_RET_INVALID_PARAMS : PSCI_RET_ALREADY_ON;
	}
	target->reset.pc = args->a[1];
	target->reset.r0 = args->a[2];
	target->reset.be = hvk_guest_is_be(vcpu);
	set_bit(HVK_REQ_RESET, &target->requests);
	/* HVK_REQ_RESET is set before the vCPU can be seen on. */
	smp_store_release(&target->powered_off, false);
	spin_unlock(&target->reset_lock);

	hvk_vcpu_kick(target);
	return ret;
}

static u64 affinity_info(struct hvk_vcpu *vcpu, const struct psci_args *args)
{
	/* Affinity levels below args->a[1] are ignored (DEN0022 5.7). */
	static const u64 level_mask[] = {
		MPIDR_AFFINITY,
		MPIDR_AFFINITY & ~GENMASK_ULL(7, 0),
		MPIDR_AFFINITY & ~GENMASK_ULL(15, 0),
		MPIDR_AFFINITY & ~GENMASK_ULL(23, 0),
	};
	struct hvk_vm *vm = vcpu->vm;
	unsigned int i, n = hvk_nr_vcpus(vm);
	bool found = false;
	u64 mask;

	if ((args->a[0] & ~MPIDR_AFFINITY) ||
	    args->a[1] >= ARRAY_SIZE(level_mask))
		return PSCI_RET_INVALID_PARAMS;
	mask = level_mask[array_index_nospec(args->a[1],
					     ARRAY_SIZE(level_mask))];

	for (i = 0; i < n; i++) {
		struct hvk_vcpu *other = vm->vcpu[i];
		u64 mpidr = READ_ONCE(other->ctx->sys[HVK_SYS_MPIDR_EL1]);

		if ((mpidr & mask) != (args->a[0] & mask))
			continue;
		found = true;
		if (!READ_ONCE(other->powered_off))
			return PSCI_0_2_AFFINITY_LEVEL_ON;
	}
	return found ? PSCI_0_2_AFFINITY_LEVEL_OFF : PSCI_RET_INVALID_PARAMS;
}

/*
 * Powers all vCPUs off, because the VMM may be slow to act on the event, or call KVM_RUN
 * all the same. They stay off until the VMM initialises them again or sets their MP state.
 */
static int system_event(struct hvk_vcpu *vcpu, u32 type, u64 flags)
{
	struct hvk_vm *vm = vcpu->vm;
	struct kvm_run *run = vcpu->run;
	unsigned int i, n = hvk_nr_vcpus(vm);

	for (i = 0; i < n; i++)
		hvk_vcpu_power_off(vm->vcpu[i]);

	/* Only a guest that the VMM resumes after the event sees this result. */
	hvk_set_x(vcpu, 0, PSCI_RET_INTERNAL_FAILURE);
	hvk_exit_system_event(vcpu, type);
	run->system_event.ndata = 1;
	run->system_event.data[0] = flags;
	return 0;
}

/*
 * The VMM reads the call's arguments from x1 to x3 (of the 32-bit function, the upper halves
 * are cleared). It then sets registers and KVM_SET_MP_STATE for what shall happen.
 */
static int system_suspend(struct hvk_vcpu *vcpu, const struct psci_args *args)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(args->a); i++)
		hvk_set_x(vcpu, 1 + i, args->a[i]);
	return hvk_exit_system_event(vcpu, KVM_SYSTEM_EVENT_SUSPEND);
}

/* --- calls ------------------------------------------------------------------------------ */

static bool reset_type_valid(u32 type)
{
	return type <= PSCI_1_1_RESET_TYPE_SYSTEM_WARM_RESET ||
	       type >= PSCI_1_1_RESET_TYPE_VENDOR_START;
}

static bool has_function(const struct hvk_vcpu *vcpu, u32 version, u32 fn)
{
	switch (fn) {
	case PSCI_0_2_FN_PSCI_VERSION:
	case PSCI_0_2_FN_CPU_SUSPEND:
	case PSCI_0_2_FN64_CPU_SUSPEND:
	case PSCI_0_2_FN_CPU_OFF:
	case PSCI_0_2_FN_CPU_ON:
	case PSCI_0_2_FN64_CPU_ON:
	case PSCI_0_2_FN_AFFINITY_INFO:
	case PSCI_0_2_FN64_AFFINITY_INFO:
	case PSCI_0_2_FN_MIGRATE_INFO_TYPE:
	case PSCI_0_2_FN_SYSTEM_OFF:
	case PSCI_0_2_FN_SYSTEM_RESET:
		return true;
	case PSCI_1_0_FN_PSCI_FEATURES:
		return version >= HVK_PSCI_1_0;
	case PSCI_1_0_FN_SYSTEM_SUSPEND:
	case PSCI_1_0_FN64_SYSTEM_SUSPEND:
		return version >= HVK_PSCI_1_0 &&
		       READ_ONCE(vcpu->vm->system_suspend);
	case PSCI_1_1_FN_SYSTEM_RESET2:
	case PSCI_1_1_FN64_SYSTEM_RESET2:
		return version >= HVK_PSCI_1_1;
	default:
		return false;
	}
}

static u64 features_answer(const struct hvk_vcpu *vcpu, u32 version, u32 fn)
{
	/* Guests discover SMCCC_VERSION through PSCI_FEATURES (DEN0028 7.2). */
	return has_function(vcpu, version, fn) ||
	       fn == ARM_SMCCC_VERSION_FUNC_ID ? PSCI_RET_SUCCESS :
					       PSCI_RET_NOT_SUPPORTED;
}

u32 hvk_psci_features(const struct hvk_vcpu *vcpu, u32 base)
{
	u32 version = hvk_psci_version(vcpu), n, known = 0;

	for (n = 0; n < 32; n++)
		if (has_function(vcpu, version, base + n))
			known |= BIT(n);
	return known;
}

static int psci_0_1_call(struct hvk_vcpu *vcpu, u32 fn,
			 const struct psci_args *args)
{
	u64 ret = PSCI_RET_NOT_SUPPORTED;

	switch (fn) {
	case KVM_PSCI_FN_CPU_OFF:
		hvk_vcpu_power_off(vcpu);
		ret = PSCI_RET_SUCCESS;
		break;
	case KVM_PSCI_FN_CPU_ON:
		ret = cpu_on(vcpu, args);
		break;
	}
	hvk_set_x(vcpu, 0, ret);
	return 1;
}

int hvk_psci_call(struct hvk_vcpu *vcpu, u32 fn)
{
	struct psci_args args = {
		.a = { vcpu->ctx->x[1], vcpu->ctx->x[2], vcpu->ctx->x[3] },
	};
	u32 version = hvk_psci_version(vcpu);
	u64 ret = PSCI_RET_NOT_SUPPORTED;
	unsigned int i;

	if (version == HVK_PSCI_0_1)
		return psci_0_1_call(vcpu, fn, &args);

	if (!has_function(vcpu, version, fn)) {
		hvk_set_x(vcpu, 0, PSCI_RET_NOT_SUPPORTED);
		return 1;
	}
	if (!(fn & PSCI_0_2_64BIT))
		for (i = 0; i < ARRAY_SIZE(args.a); i++)
			args.a[i] = lower_32_bits(args.a[i]);

	switch (fn) {
	case PSCI_0_2_FN_PSCI_VERSION:
		ret = version;
		break;
	case PSCI_0_2_FN_CPU_SUSPEND:
	case PSCI_0_2_FN64_CPU_SUSPEND:
		/*
		 * Every power state is entered as standby, which DEN0022 5.4.2
		 * allows: the call returns when an interrupt is pending.
		 */
		hvk_set_x(vcpu, 0, PSCI_RET_SUCCESS);
		hvk_vcpu_block(vcpu);
		return 1;
	case PSCI_0_2_FN_CPU_OFF:
		hvk_vcpu_power_off(vcpu);
		ret = PSCI_RET_SUCCESS;
		break;
	case PSCI_0_2_FN_CPU_ON:
	case PSCI_0_2_FN64_CPU_ON:
		ret = cpu_on(vcpu, &args);
		break;
	case PSCI_0_2_FN_AFFINITY_INFO:
	case PSCI_0_2_FN64_AFFINITY_INFO:
		ret = affinity_info(vcpu, &args);
		break;
	case PSCI_0_2_FN_MIGRATE_INFO_TYPE:
		ret = PSCI_0_2_TOS_MP;	/* there is no trusted OS to migrate */
		break;
	case PSCI_0_2_FN_SYSTEM_OFF:
		return system_event(vcpu, KVM_SYSTEM_EVENT_SHUTDOWN, 0);
	case PSCI_0_2_FN_SYSTEM_RESET:
		return system_event(vcpu, KVM_SYSTEM_EVENT_RESET, 0);
	case PSCI_1_0_FN_PSCI_FEATURES:
		ret = features_answer(vcpu, version, args.a[0]);
		break;
	case PSCI_1_0_FN_SYSTEM_SUSPEND:
	case PSCI_1_0_FN64_SYSTEM_SUSPEND:
		return system_suspend(vcpu, &args);
	case PSCI_1_1_FN_SYSTEM_RESET2:
	case PSCI_1_1_FN64_SYSTEM_RESET2:
		if (reset_type_valid(args.a[0]))
			return system_event(vcpu, KVM_SYSTEM_EVENT_RESET,
					    KVM_SYSTEM_EVENT_RESET_FLAG_PSCI_RESET2);
		ret = PSCI_RET_INVALID_PARAMS;
		break;
	}
	hvk_set_x(vcpu, 0, ret);
	return 1;
}
