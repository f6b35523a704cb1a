// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes the host (EL1, at load): whether its kernel was started at EL2, the GIC
 * and its virtualization registers, the interrupts that hvk uses, and the errata and
 * speculation weaknesses of its CPUs. Refuses a host that cannot run guests, and logs
 * the reason and the remedy.
 */
#include <linux/acpi.h>
#include <linux/arm-smccc.h>
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <asm/cpufeature.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "base/errata.h"
#include "base/host.h"
#include "el2/image/el2_abi.h"
#include "uapi/hvk.h"

struct hvk_host hvk_host;

/* --- EL2 ----------------------------------------------------------------- */

/*
 * Whether a hypervisor runs below this kernel, which is at EL1. PSCI by HVC is
 * answered at EL2, PSCI by SMC at EL3 (DEN0022 5.2.1); Xen adds a node of its own to
 * the device tree.
 */
static bool hypervisor_beneath(void)
{
	struct device_node *psci = of_find_node_by_path("/psci");
	struct device_node *xen = of_find_node_by_path("/hypervisor");
	const char *method;
	bool found = xen;

	if (!of_property_read_string(psci, "method", &method))
		found = found || !strcmp(method, "hvc");
	of_node_put(psci);
	of_node_put(xen);
	return found;
}

/*
 * Finds out whether this kernel was started at EL2. __boot_cpu_mode is not exported,
 * but the choice of timer tells: a kernel at EL1 that was started at EL2 uses the
 * physical timer (second interrupt of the device tree's timer node), one that was
 * started at EL1 the virtual timer (third interrupt). Never try an HVC instead: on a
 * kernel that was started at EL1 it would be fatal.
 */
static int probe_el2(struct device_node *timer)
{
	int phys, virt;

	if (is_kernel_in_hyp_mode()) {
		pr_err("hvk: this kernel runs at EL2 itself (VHE), which is not supported yet; use its own KVM, or boot with kvm-arm.mode=nvhe\n");
		return -EOPNOTSUPP;
	}
	if (cpus_have_cap(ARM64_KVM_PROTECTED_MODE)) {
		pr_err("hvk: KVM is in protected mode and keeps EL2; boot with kvm-arm.mode=nvhe or none\n");
		return -EBUSY;
	}
	/* EL2 switches only Q0-Q31: a host thread's SVE or SME state would be lost. */
	if (cpus_have_cap(ARM64_SVE) || cpus_have_cap(ARM64_SME)) {
		pr_err("hvk: this CPU has SVE or SME, which are not supported yet; boot with arm64.nosve arm64.nosme\n");
		return -EOPNOTSUPP;
	}
	phys = irq_of_parse_and_map(timer, 1);
	virt = irq_of_parse_and_map(timer, 2);
	if (!phys || !virt || !irq_has_action(phys)) {
		if (hypervisor_beneath())
			pr_err("hvk: this kernel runs under another hypervisor, which has EL2; load hvk on the machine itself, or switch on nested virtualization below\n");
		else
			pr_err("hvk: this kernel was started at EL1 (\"CPU: All CPU(s) started at\" in its log); firmware must start it at EL2\n");
		return -ENODEV;
	}
	hvk_host.vtimer_irq = virt;
	hvk_host.vtimer_intid = irqd_to_hwirq(irq_get_irq_data(virt));
	return 0;
}

/* --- GIC ----------------------------------------------------------------- */

static const struct of_device_id gicv2_ids[] = {
	{ .compatible = "arm,gic-400" },
	{ .compatible = "arm,cortex-a15-gic" },
	{ .compatible = "arm,cortex-a7-gic" },
	{}
};

static const struct of_device_id gicv3_ids[] = {
	{ .compatible = "arm,gic-v3" },
	{}
};

/* GICH and GICV are the third and fourth region of the GIC's node. */
#define REG_GICH	2
#define REG_GICV	3

static int probe_gic(void)
{
	struct device_node *gic;
	struct resource gich, gicv;
	int err = -ENODEV;

	gic = of_find_matching_node(NULL, gicv3_ids);
	if (gic) {
		of_node_put(gic);
		pr_err("hvk: GICv3 is not supported yet, only GICv2 (GIC-400 and kin)\n");
		return -EOPNOTSUPP;
	}
	gic = of_find_matching_node(NULL, gicv2_ids);
	if (!gic) {
		pr_err("hvk: no GICv2 with virtualization extensions in the device tree\n");
		return -ENODEV;
	}
	if (of_address_to_resource(gic, REG_GICH, &gich) ||
	    of_address_to_resource(gic, REG_GICV, &gicv)) {
		pr_err("hvk: the device tree's GIC node lacks GICH and GICV (its 3rd and 4th region)\n");
		goto out;
	}
	/* Guests get the pages of GICV mapped: nothing else may lie in them. */
	if (!PAGE_ALIGNED(gicv.start) || !PAGE_ALIGNED(resource_size(&gicv))) {
		pr_err("hvk: GICV %pR is not whole pages\n", &gicv);
		goto out;
	}
	hvk_host.maint_irq = irq_of_parse_and_map(gic, 0);
	if (!hvk_host.maint_irq) {
		pr_err("hvk: the device tree's GIC node has no maintenance interrupt\n");
		goto out;
	}
	hvk_host.maint_intid = irqd_to_hwirq(irq_get_irq_data(hvk_host.maint_irq));
	hvk_host.gich = ioremap(gich.start, resource_size(&gich));
	if (!hvk_host.gich) {
		err = -ENOMEM;
		goto out;
	}
	hvk_host.gicv = gicv.start;
	hvk_host.gicv_size = resource_size(&gicv);
	hvk_host.gic_version = 2;
	err = 0;
out:
	of_node_put(gic);
	return err;
}

/* --- weaknesses of the CPUs ---------------------------------------------- */

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
 * Cores on which a guest can train the branch predictor against the host (Spectre
 * v2), unless ID_AA64PFR0_EL1.CSV2 says that it cannot.
 */
static const u32 spectre_v2_models[] = {
	MIDR_CORTEX_A57, MIDR_CORTEX_A72, MIDR_CORTEX_A73, MIDR_CORTEX_A75,
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
 * Whether firmware implements an SMCCC architecture workaround. An SMC is executed
 * only if the kernel has found that SMC is the conduit for firmware calls, because
 * an SMC is UNDEFINED where SCR_EL3.SMD is set.
 */
static bool firmware_has(u32 workaround)
{
	struct arm_smccc_res res;

	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC)
		return false;
	arm_smccc_1_1_smc(ARM_SMCCC_ARCH_FEATURES_FUNC_ID, workaround, &res);
	return (int)res.a0 >= 0;
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
	u32 model = this_model();
	u64 csv2 = read_sysreg_s(SYS_ID_AA64PFR0_EL1) >> 56 & 15;
	u64 flags = 0;

	if (!csv2 && one_of(model, spectre_v2_models,
			    ARRAY_SIZE(spectre_v2_models)) &&
	    firmware_has(ARM_SMCCC_ARCH_WORKAROUND_1))
		flags |= HVK_EL2_F_SMC_WA1;
	/* WORKAROUND_3 does what WORKAROUND_1 does, and clears the branch history. */
	if (one_of(model, bhb_firmware_models, ARRAY_SIZE(bhb_firmware_models)) &&
	    firmware_has(ARM_SMCCC_ARCH_WORKAROUND_3))
		flags = HVK_EL2_F_SMC_WA3;
	else if (hvk_host_bhb_loops())
		flags |= HVK_EL2_F_BHB_LOOP;
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
	struct arm_smccc_res res;

	if (one_of(this_model(), spectre_v4_safe_models,
		   ARRAY_SIZE(spectre_v4_safe_models)))
		return 0;
	/* ID_AA64PFR1_EL1.SSBS: a guest can set PSTATE.SSBS itself. */
	if (read_sysreg_s(SYS_ID_AA64PFR1_EL1) >> 4 & 15)
		return HVK_MITIG_V4_OPEN;
	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC)
		return HVK_MITIG_V4_OPEN;
	arm_smccc_1_1_smc(ARM_SMCCC_ARCH_FEATURES_FUNC_ID,
			  ARM_SMCCC_ARCH_WORKAROUND_2, &res);
	switch ((int)res.a0) {
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
	u32 model = this_model();

	if (flags & HVK_EL2_F_SMC_WA1)
		found |= HVK_MITIG_V2_FIRMWARE;
	if (flags & HVK_EL2_F_SMC_WA3)
		found |= HVK_MITIG_V2_FIRMWARE | HVK_MITIG_BHB_FIRMWARE;
	if (flags & HVK_EL2_F_BHB_LOOP)
		found |= HVK_MITIG_BHB_LOOP;
	if (flags & HVK_EL2_F_SPEC_AT)
		found |= HVK_MITIG_SPEC_AT;
	if (one_of(model, spectre_v2_models, ARRAY_SIZE(spectre_v2_models)) &&
	    !(found & HVK_MITIG_V2_FIRMWARE))
		found |= HVK_MITIG_V2_MISSING;
	atomic64_or(found, all);
}

/*
 * For HVK_HOST_INFO: the HVK_MITIG_* bits of all online CPUs together, because a guest
 * may run on any of them.
 */
static u64 mitigations(void)
{
	atomic64_t all = ATOMIC64_INIT(0);
	u64 found;

	on_each_cpu(note_mitigations, &all, 1);
	found = atomic64_read(&all);
	if (found & HVK_MITIG_V2_MISSING)
		pr_info("hvk: spectre-v2 unmitigated: firmware\n");
	return found;
}

/* --- the whole ----------------------------------------------------------- */

/* By ID_AA64MMFR0_EL1.PARange */
static const u8 pa_bits_of[] = { 32, 36, 40, 42, 44, 48, 52 };

static void probe_memory(void)
{
	u64 mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);
	u64 mmfr1 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR1_EL1);

	hvk_host.pa_bits = pa_bits_of[min_t(u64, mmfr0 & 15,
					    ARRAY_SIZE(pa_bits_of) - 1)];
	hvk_host.ipa_bits = min(hvk_host.pa_bits, 48u);
	hvk_host.vmid_bits = (mmfr1 >> 4 & 15) == 2 ? 16 : 8;
}

int hvk_host_probe(void)
{
	struct device_node *timer;
	int err;

	if (!acpi_disabled) {
		pr_err("hvk: this host is described by ACPI, which is not supported yet; boot it with a device tree\n");
		return -EOPNOTSUPP;
	}
	timer = of_find_compatible_node(NULL, NULL, "arm,armv8-timer");
	if (!timer) {
		pr_err("hvk: no generic timer in the device tree\n");
		return -ENODEV;
	}
	err = probe_el2(timer);
	of_node_put(timer);
	if (err)
		return err;
	err = probe_gic();
	if (err)
		return err;
	probe_memory();
	hvk_host.cntfrq = read_sysreg(cntfrq_el0);
	hvk_host.mitigations = mitigations();
	return 0;
}

void hvk_host_exit(void)
{
	if (hvk_host.gich)
		iounmap(hvk_host.gich);
	hvk_host.gich = NULL;
}
