/* SPDX-License-Identifier: GPL-2.0-only */
/* What was found of the host at load; constant afterwards. */
#ifndef HVK_BASE_HOST_H
#define HVK_BASE_HOST_H

#include <linux/types.h>

struct hvk_host {
	unsigned int vmid_bits;		/* 8 or 16 */
	unsigned int ipa_bits;		/* largest IPA space offered, <= 48 */
	unsigned int pa_bits;		/* of ID_AA64MMFR0_EL1 */
	unsigned int gic_version;	/* 2 */
	void __iomem *gich;		/* GICv2: virtual interface control */
	phys_addr_t gicv;		/* GICv2: virtual CPU interface */
	size_t gicv_size;
	unsigned int nr_lr;
	int vtimer_irq, maint_irq;	/* Linux IRQ numbers */
	u32 vtimer_intid, maint_intid;
	u32 cntfrq;			/* Hz */
	u64 mitigations;		/* HVK_MITIG_* */
};

extern struct hvk_host hvk_host;
/* Fills hvk_host, or says in the log why this host cannot run guests. */
int hvk_host_probe(void);
void hvk_host_exit(void);
/*
 * Of the CPU that asks; preemption off. HVK_EL2_F_*, and turns of the
 * branch-history loop.
 */
u64 hvk_host_el2_flags(void);
u64 hvk_host_bhb_loops(void);
/* Errata that any CPU so far has: HVK_EL2_F_*. Any context. */
u64 hvk_host_errata(void);

#endif /* HVK_BASE_HOST_H */
