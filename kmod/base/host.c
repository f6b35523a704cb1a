// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes the host (EL1, at load): whether its kernel was started at EL2, the GIC and its
 * virtualization registers, and the interrupts that hvk uses. Refuses a host that cannot
 * run guests, and logs the reason and the remedy.
 */
#include <linux/acpi.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/string.h>

#include <asm/cpufeature.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "base/host.h"
#include "base/mitig.h"

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

	if (cpus_have_cap(ARM64_KVM_PROTECTED_MODE)) {
		pr_err("hvk: KVM is in protected mode and keeps EL2; boot with kvm-arm.mode=nvhe or none\n");
		return -EBUSY;
	}
	hvk_host.more_than_fp = cpus_have_cap(ARM64_SVE) || cpus_have_cap(ARM64_SME);
	phys = irq_of_parse_and_map(timer, 1);
	virt = irq_of_parse_and_map(timer, 2);
	/*
	 * A kernel at EL2 itself uses EL2's own timers. A guest's are EL1's two, of which the
	 * physical one fires at the deadline that EL2's does on other hosts.
	 */
	if (is_kernel_in_hyp_mode() && phys && virt) {
		hvk_host.htimer_irq = phys;
		hvk_host.vtimer_irq = virt;
		hvk_host.vtimer_intid = irqd_to_hwirq(irq_get_irq_data(virt));
		hvk_host.htimer_intid = irqd_to_hwirq(irq_get_irq_data(phys));
		return 0;
	}
	if (!phys || !virt || !irq_has_action(phys)) {
		if (hypervisor_beneath())
			pr_err("hvk: this kernel runs under another hypervisor, which has EL2; load hvk on the machine itself, or switch on nested virtualization below\n");
		else
			pr_err("hvk: this kernel was started at EL1 (\"CPU: All CPU(s) started at\" in its log); firmware must start it at EL2\n");
		return -ENODEV;
	}
	hvk_host.htimer_irq = irq_of_parse_and_map(timer, 3);
	if (!hvk_host.htimer_irq) {
		pr_err("hvk: the device tree's timer node lacks the hypervisor timer's interrupt (its 4th)\n");
		return -ENODEV;
	}
	hvk_host.htimer_intid = irqd_to_hwirq(irq_get_irq_data(hvk_host.htimer_irq));
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

/* GICD, GICH and GICV are the first, third and fourth region of the GIC's node. */
#define REG_GICD	0
#define REG_GICH	2
#define REG_GICV	3

static int probe_gic(void)
{
	struct device_node *gic;
	struct resource gicd, gich, gicv;
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
	if (of_address_to_resource(gic, REG_GICD, &gicd) ||
	    of_address_to_resource(gic, REG_GICH, &gich) ||
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
	hvk_host.gicd = ioremap(gicd.start, resource_size(&gicd));
	hvk_host.gich = ioremap(gich.start, resource_size(&gich));
	if (!hvk_host.gicd || !hvk_host.gich) {
		err = -ENOMEM;
		goto out;
	}
	hvk_host.gicd_pa = gicd.start;
	hvk_host.gich_pa = gich.start;
	hvk_host.gicv = gicv.start;
	hvk_host.gicv_size = resource_size(&gicv);
	hvk_host.gic_version = 2;
	err = 0;
out:
	of_node_put(gic);
	return err;
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
	hvk_host.mitigations = hvk_host_mitigations();
	return 0;
}

void hvk_host_exit(void)
{
	if (hvk_host.gicd)
		iounmap(hvk_host.gicd);
	if (hvk_host.gich)
		iounmap(hvk_host.gich);
	hvk_host.gicd = NULL;
	hvk_host.gich = NULL;
}
