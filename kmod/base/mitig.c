// SPDX-License-Identifier: GPL-2.0-only
/*
 * The speculation weaknesses and errata of each CPU (EL1): what EL2 has to do on it, and
 * what HVK_HOST_INFO says of it.
 */
#include <linux/arm-smccc.h>
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <asm/cputype.h>
#include <asm/sysreg.h>

#include "base/errata.h"
#include "base/mitig.h"
#include "el2/image/el2_abi.h"
#include "uapi/hvk.h"

/* How many iterations of the loop overwrite the whole branch history, by core. */
static const struct {
	u32 model;
	u8 loops;
} bhb_loops[] = {
	{ MIDR_CORTEX_A57, 8 },
	{ MIDR_CORTEX_A72, 8 },
	{ MIDR_CORTEX_A76, 24 },
	{ MIDR_CORTEX_A77, 24 },
	{ MIDR_NEOVERSE_N1, 24 },
	{ MIDR_CORTEX_A78, 32 },
	{ MIDR_CORTEX_X1, 32 },
	{ MIDR_CORTEX_A710, 132 },
	{ MIDR_CORTEX_X2, 132 },
	{ MIDR_NEOVERSE_N2, 132 },
	{ MIDR_NEOVERSE_V1, 32 },
};

/*
 * Cores on which a guest cannot train the branch predictor against the host (Spectre v2),
 * although their ID_AA64PFR0_EL1.CSV2 may not say so.
 */
static const u32 spectre_v2_safe_models[] = {
	MIDR_CORTEX_A35, MIDR_CORTEX_A53, MIDR_CORTEX_A55, MIDR_BRAHMA_B53,
	MIDR_HISI_TSV110, MIDR_QCOM_KRYO_2XX_SILVER,
	MIDR_QCOM_KRYO_3XX_SILVER, MIDR_QCOM_KRYO_4XX_SILVER,
};

/* Cores on which only firmware can clear the branch history. */
static const u32 bhb_firmware_models[] = {
	MIDR_CORTEX_A73, MIDR_CORTEX_A75,
};

/* Cores that never execute a load before an older store to the same address (Spectre v4). */
static const u32 spectre_v4_safe_models[] = {
	MIDR_CORTEX_A35, MIDR_CORTEX_A53, MIDR_CORTEX_A55, MIDR_BRAHMA_B53,
	MIDR_QCOM_KRYO_3XX_SILVER, MIDR_QCOM_KRYO_4XX_SILVER,
};

static bool one_of(u32 model, const u32 *list, size_t nr)
{
	while (nr--)
		if (list[nr] == model)
			return true;
	return false;
}

static u32 this_model(void)
{
	return read_cpuid_id() & MIDR_CPU_MODEL_MASK;
}

u64 hvk_host_bhb_loops(void)
{
	u32 model = this_model();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bhb_loops); i++)
		if (bhb_loops[i].model == model)
			return bhb_loops[i].loops;
	return 0;
}

/*
 * What firmware says of an SMCCC architecture workaround on this CPU: SMCCC_RET_SUCCESS
 * (it has to be called), SMCCC_ARCH_WORKAROUND_RET_UNAFFECTED or another value (firmware
 * lacks it). An SMC is executed only if the kernel has found that SMC is the conduit for
 * firmware calls, because an SMC is UNDEFINED where SCR_EL3.SMD is set.
 */
static int firmware_says(u32 workaround)
{
	struct arm_smccc_res res;

	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC)
		return SMCCC_RET_NOT_SUPPORTED;
	arm_smccc_1_1_smc(ARM_SMCCC_ARCH_FEATURES_FUNC_ID, workaround, &res);
	return res.a0;
}

/* ID_AA64PFR0_EL1.CSV2 [59:56] */
static u64 csv2(void)
{
	return read_sysreg_s(SYS_ID_AA64PFR0_EL1) >> 56 & 15;
}

/*
 * Whether this CPU has Spectre v2, so that WORKAROUND_1 is needed at each exit. As the
 * kernel decides (arch/arm64/kernel/proton-pack.c), whose list of cores this is: CSV2, the
 * list or firmware can say that it has not.
 */
static bool affected_by_v2(void)
{
	return !csv2() &&
	       !one_of(this_model(), spectre_v2_safe_models,
		       ARRAY_SIZE(spectre_v2_safe_models)) &&
	       firmware_says(ARM_SMCCC_ARCH_WORKAROUND_1) !=
	       SMCCC_ARCH_WORKAROUND_RET_UNAFFECTED;
}

/*
 * Adds to `flags` what this CPU needs against branch history injection. With CSV2 = 3 it
 * needs nothing (CSV2_3).
 */
static u64 add_bhb_flags(u64 flags)
{
	if (csv2() >= 3)
		return flags;
	/* WORKAROUND_3 does what WORKAROUND_1 does, and clears the branch history. */
	if (one_of(this_model(), bhb_firmware_models,
		   ARRAY_SIZE(bhb_firmware_models)) &&
	    firmware_says(ARM_SMCCC_ARCH_WORKAROUND_3) == SMCCC_RET_SUCCESS)
		return (flags & ~HVK_EL2_F_SMC_WA1) | HVK_EL2_F_SMC_WA3;
	return hvk_host_bhb_loops() ? flags | HVK_EL2_F_BHB_LOOP : flags;
}

/* Errata of all PEs probed so far (HVK_EL2_F_*); hvk_host_el2_flags() adds each PE's. */
static atomic64_t errata = ATOMIC64_INIT(0);

/*
 * Every online PE is probed at load, and later each PE whose EL2 is taken. (A PE that
 * comes online late with an erratum that no PE had before is refused by the kernel,
 * arch/arm64/kernel/cpufeature.c, if it was built to check for that erratum.)
 */
u64 hvk_host_errata(void)
{
	return atomic64_read(&errata);
}

u64 hvk_host_el2_flags(void)
{
	u64 pmuver = read_sysreg_s(SYS_ID_AA64DFR0_EL1) >> 8 & 15;
	u64 own_errata = hvk_errata_flags(read_cpuid_id());
	u64 flags = 0;

	if (affected_by_v2() &&
	    firmware_says(ARM_SMCCC_ARCH_WORKAROUND_1) == SMCCC_RET_SUCCESS)
		flags |= HVK_EL2_F_SMC_WA1;
	flags = add_bhb_flags(flags);
	/* ID_AA64DFR0_EL1.PMUVer [11:8]: 15 is an IMPLEMENTATION DEFINED PMU. */
	if (pmuver && pmuver != 15)
		flags |= HVK_EL2_F_PMU;
	atomic64_or(own_errata, &errata);
	return flags | own_errata;
}

/*
 * Whether this kernel has switched off firmware's mitigation of Spectre v4. It does
 * not export that decision, so its command line is read from the device tree.
 */
static bool ssbd_is_off(void)
{
	const char *args, *last = NULL;

	if (of_property_read_string(of_chosen, "bootargs", &args))
		args = "";
	while ((args = strstr(args, "ssbd="))) {
		args += strlen("ssbd=");
		last = args;
	}
	return cpu_mitigations_off() || (last && strstarts(last, "force-off"));
}

/*
 * How this CPU stands with Spectre v4: one of HVK_MITIG_V4_*, or 0 if it is not
 * affected. The kernel has firmware's mitigation on while it runs itself, and EL2 does
 * not switch it off for a guest.
 */
static u64 spectre_v4(void)
{
	if (one_of(this_model(), spectre_v4_safe_models,
		   ARRAY_SIZE(spectre_v4_safe_models)))
		return 0;
	/* ID_AA64PFR1_EL1.SSBS: a guest can set PSTATE.SSBS itself. */
	if (read_sysreg_s(SYS_ID_AA64PFR1_EL1) >> 4 & 15)
		return HVK_MITIG_V4_OPEN;
	switch (firmware_says(ARM_SMCCC_ARCH_WORKAROUND_2)) {
	case SMCCC_RET_SUCCESS:
		return ssbd_is_off() ? HVK_MITIG_V4_OPEN : HVK_MITIG_V4_FIRMWARE;
	case SMCCC_ARCH_WORKAROUND_RET_UNAFFECTED:
	case SMCCC_RET_NOT_REQUIRED:
		return 0;
	default:
		return HVK_MITIG_V4_OPEN;
	}
}

/* Adds this CPU's HVK_MITIG_* bits to *all. Called on every CPU, by IPI. */
static void note_mitigations(void *all)
{
	u64 flags = hvk_host_el2_flags(), found = spectre_v4();

	if (affected_by_v2())
		found |= flags & (HVK_EL2_F_SMC_WA1 | HVK_EL2_F_SMC_WA3) ?
			 HVK_MITIG_V2_FIRMWARE : HVK_MITIG_V2_MISSING;
	if (flags & HVK_EL2_F_SMC_WA3)
		found |= HVK_MITIG_BHB_FIRMWARE;
	if (flags & HVK_EL2_F_BHB_LOOP)
		found |= HVK_MITIG_BHB_LOOP;
	if (flags & HVK_EL2_F_SPEC_AT)
		found |= HVK_MITIG_SPEC_AT;
	atomic64_or(found, all);
}

u64 hvk_host_mitigations(void)
{
	atomic64_t all = ATOMIC64_INIT(0);
	u64 found;

	on_each_cpu(note_mitigations, &all, 1);
	found = atomic64_read(&all);
	if (found & HVK_MITIG_V2_MISSING)
		pr_info("hvk: spectre-v2 unmitigated: firmware\n");
	return found;
}
