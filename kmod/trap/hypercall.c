// SPDX-License-Identifier: GPL-2.0-only
/*
 * SMCCC calls of guests, by HVC and by SMC (DEN0028; EL1, process context): the version and
 * the architecture's workarounds are answered here, other calls by psci.c, trng.c, para.c
 * or the VMM. Firmware registers of ONE_REG report the same to the VMM.
 */
#include <linux/arm-smccc.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "base/compat.h"
#include "base/esr.h"
#include "base/host.h"
#include "core/vcpu.h"
#include "partition/para.h"
#include "trap/hypercall.h"
#include "trap/psci.h"
#include "trap/smccc_filter.h"
#include "trap/trng.h"

/* PSCI's function numbers in the standard service range (DEN0022 5.1) */
#define PSCI_LAST_FN	0x1f

#define FW_LEVEL	GENMASK_ULL(3, 0)

/* A guest's state regarding a vulnerability: open, mitigated by hvk, or not affected. */
enum workaround { WA_VULNERABLE, WA_MITIGATED, WA_UNAFFECTED };

/* Branch target injection: SMCCC_ARCH_WORKAROUND_1 at each exit. */
static enum workaround spectre_v2(void)
{
	/* A guest may run on any CPU, so that the worst CPU decides. */
	if (hvk_host.mitigations & HVK_MITIG_V2_MISSING)
		return WA_VULNERABLE;
	if (hvk_host.mitigations & HVK_MITIG_V2_FIRMWARE)
		return WA_MITIGATED;
	return WA_UNAFFECTED;
}

/*
 * Speculative store bypass, answered as KVM does: if firmware has the mitigation, it is
 * always on in guests, which need not know of it and read "not required".
 */
static enum workaround spectre_v4(void)
{
	return hvk_host.mitigations & HVK_MITIG_V4_OPEN ? WA_VULNERABLE :
							  WA_UNAFFECTED;
}

/* Branch history injection: SMCCC_ARCH_WORKAROUND_3 or a branch loop at each exit. */
static enum workaround spectre_bhb(void)
{
	if (hvk_host.mitigations &
	    (HVK_MITIG_BHB_FIRMWARE | HVK_MITIG_BHB_LOOP))
		return WA_MITIGATED;
	return WA_UNAFFECTED;
}

static u64 workaround_answer(enum workaround state)
{
	switch (state) {
	case WA_MITIGATED:
		return SMCCC_RET_SUCCESS;
	case WA_UNAFFECTED:
		return SMCCC_ARCH_WORKAROUND_RET_UNAFFECTED;
	default:
		return SMCCC_RET_NOT_SUPPORTED;
	}
}

u64 hvk_smccc_feature(u32 fn)
{
	switch (fn) {
	case ARM_SMCCC_VERSION_FUNC_ID:
	case ARM_SMCCC_ARCH_FEATURES_FUNC_ID:
		return SMCCC_RET_SUCCESS;
	case ARM_SMCCC_ARCH_WORKAROUND_1:
		return workaround_answer(spectre_v2());
	case ARM_SMCCC_ARCH_WORKAROUND_3:
		return workaround_answer(spectre_bhb());
	case ARM_SMCCC_ARCH_WORKAROUND_2:
		/* This call has its own value for "unaffected" (DEN0028 7.6). */
		return spectre_v4() == WA_UNAFFECTED ? SMCCC_RET_NOT_REQUIRED :
						       SMCCC_RET_NOT_SUPPORTED;
	default:
		return SMCCC_RET_NOT_SUPPORTED;
	}
}

/*
 * Passes the call to the VMM, which reads and writes the guest's registers (ONE_REG). Exit
 * contract: 0.
 */
static int forward(struct hvk_vcpu *vcpu, u32 fn)
{
	struct kvm_run *run = vcpu->run;
	u64 esr = vcpu->ctx->exit.esr, flags = 0;

	if (hvk_esr_ec(esr) == HVK_EC_SMC64)
		flags |= KVM_HYPERCALL_EXIT_SMC;
	if (!(esr & HVK_ESR_IL))
		flags |= KVM_HYPERCALL_EXIT_16BIT;
	memset(&run->hypercall, 0, sizeof(run->hypercall));
	run->hypercall.nr = fn;
	hvk_set_hypercall_flags(run, flags);
	run->exit_reason = KVM_EXIT_HYPERCALL;
	return 0;
}

int hvk_smccc_call(struct hvk_vcpu *vcpu)
{
	u32 fn = lower_32_bits(hvk_get_x(vcpu, 0));
	u64 ret = SMCCC_RET_NOT_SUPPORTED;

	switch (hvk_smccc_filter_action(vcpu->vm, fn)) {
	case KVM_SMCCC_FILTER_DENY:
		hvk_set_x(vcpu, 0, ret);
		return 1;
	case KVM_SMCCC_FILTER_FWD_TO_USER:
		return forward(vcpu, fn);
	}

	switch (ARM_SMCCC_OWNER_NUM(fn)) {
	case ARM_SMCCC_OWNER_ARCH:
		/* The exit for this call applied the workaround; the call returns nothing. */
		if (fn == ARM_SMCCC_ARCH_WORKAROUND_1 || fn == ARM_SMCCC_ARCH_WORKAROUND_3)
			return 1;
		if (fn == ARM_SMCCC_VERSION_FUNC_ID)
			ret = ARM_SMCCC_VERSION_1_1;
		else if (fn == ARM_SMCCC_ARCH_FEATURES_FUNC_ID)
			ret = hvk_smccc_feature(lower_32_bits(hvk_get_x(vcpu, 1)));
		break;
	case ARM_SMCCC_OWNER_STANDARD:
		if (ARM_SMCCC_IS_FAST_CALL(fn) && ARM_SMCCC_FUNC_NUM(fn) <= PSCI_LAST_FN)
			return hvk_psci_call(vcpu, fn);
		if (hvk_trng_is_call(fn) &&
		    READ_ONCE(vcpu->vm->std_services) & HVK_STD_TRNG)
			return hvk_trng_call(vcpu, fn);
		break;
	case ARM_SMCCC_OWNER_VENDOR_HYP:
		if (hvk_para_is_call(fn))
			return hvk_para_call(vcpu, fn);
		break;
	default:
		if (fn >= KVM_PSCI_FN(0) && fn <= KVM_PSCI_FN(3))
			return hvk_psci_call(vcpu, fn);
		break;
	}
	hvk_set_x(vcpu, 0, ret);
	return 1;
}

/* --- firmware registers ------------------------------------------------------------- */

static const u64 fwregs[] = {
	KVM_REG_ARM_PSCI_VERSION,
	KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1,
	KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2,
	KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3,
	KVM_REG_ARM_STD_BMAP,
	KVM_REG_ARM_STD_HYP_BMAP,
	KVM_REG_ARM_VENDOR_HYP_BMAP,
};

u64 hvk_fwreg_id(unsigned int n)
{
	return n < ARRAY_SIZE(fwregs) ? fwregs[n] : 0;
}

/* The value of the firmware register of workaround 1 or 3. */
static u64 workaround_level(enum workaround state)
{
	switch (state) {
	case WA_MITIGATED:
		return KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_AVAIL;
	case WA_UNAFFECTED:
		return KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED;
	default:
		return KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_AVAIL;
	}
}

static u64 workaround2_level(void)
{
	return spectre_v4() == WA_UNAFFECTED ?
	       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED :
	       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_AVAIL;
}

int hvk_fwreg_get(struct hvk_vcpu *vcpu, u64 id, u64 *val)
{
	switch (id) {
	case KVM_REG_ARM_PSCI_VERSION:
		*val = hvk_psci_version(vcpu);
		return 0;
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1:
		*val = workaround_level(spectre_v2());
		return 0;
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2:
		*val = workaround2_level();
		return 0;
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3:
		*val = workaround_level(spectre_bhb());
		return 0;
	case KVM_REG_ARM_STD_BMAP:
		*val = READ_ONCE(vcpu->vm->std_services);
		return 0;
	case KVM_REG_ARM_STD_HYP_BMAP:
	case KVM_REG_ARM_VENDOR_HYP_BMAP:
		*val = 0;	/* none of KVM's services is offered */
		return 0;
	default:
		return -ENOENT;
	}
}

static int set_psci_version(struct hvk_vcpu *vcpu, u64 val)
{
	bool has_0_2 = test_bit(KVM_ARM_VCPU_PSCI_0_2, &vcpu->features);

	switch (val) {
	case HVK_PSCI_0_1:
		if (has_0_2)
			return -EINVAL;
		break;
	case HVK_PSCI_0_2:
	case HVK_PSCI_1_0:
	case HVK_PSCI_1_1:
		if (!has_0_2)
			return -EINVAL;
		break;
	default:
		return -EINVAL;
	}
	WRITE_ONCE(vcpu->vm->psci_version, val);
	return 0;
}

/* Accepts the level that a migrated guest had if this host offers at least that much. */
static int set_workaround_level(u64 val, enum workaround state)
{
	if (val & ~FW_LEVEL)
		return -EINVAL;
	return val <= workaround_level(state) ? 0 : -EINVAL;
}

#define WORKAROUND_2_ON	(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_AVAIL |	\
				 KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_ENABLED)

/*
 * The same for workaround 2. "Not available" and "unknown" are accepted on any host; the
 * other levels only where guests are not affected.
 */
static int set_workaround2_level(u64 val)
{
	switch (val) {
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_AVAIL:
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN:
		return 0;
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_AVAIL:
	case WORKAROUND_2_ON:
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED:
		return spectre_v4() == WA_UNAFFECTED ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

/* Sets which standard services the VM has. 0, -EINVAL, -EBUSY (a change after the first run). */
static int set_std_services(struct hvk_vm *vm, u64 val)
{
	int err = 0;

	if (val & ~HVK_STD_SERVICES)
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (vm->has_run && val != vm->std_services)
		err = -EBUSY;
	else
		WRITE_ONCE(vm->std_services, val);
	mutex_unlock(&vm->lock);
	return err;
}

int hvk_fwreg_set(struct hvk_vcpu *vcpu, u64 id, u64 val)
{
	switch (id) {
	case KVM_REG_ARM_PSCI_VERSION:
		return set_psci_version(vcpu, val);
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1:
		return set_workaround_level(val, spectre_v2());
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2:
		return set_workaround2_level(val);
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3:
		return set_workaround_level(val, spectre_bhb());
	case KVM_REG_ARM_STD_BMAP:
		return set_std_services(vcpu->vm, val);
	case KVM_REG_ARM_STD_HYP_BMAP:
	case KVM_REG_ARM_VENDOR_HYP_BMAP:
		return val ? -EINVAL : 0;
	default:
		return -ENOENT;
	}
}
