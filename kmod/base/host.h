/* SPDX-License-Identifier: GPL-2.0-only */
/* Properties of the host, found at load; constant afterwards. */
#ifndef HVK_BASE_HOST_H
#define HVK_BASE_HOST_H

#include <linux/types.h>

struct hvk_host {
	unsigned int vmid_bits;		/* 8 or 16 */
	unsigned int ipa_bits;		/* of the largest VM, <= 48 */
	unsigned int pa_bits;		/* by ID_AA64MMFR0_EL1.PARange */
	unsigned int gic_version;	/* 2 */
	void __iomem *gicd;		/* GICv2: distributor, of which the banked part is used */
	phys_addr_t gicd_pa;
	phys_addr_t gich_pa;
	void __iomem *gich;		/* GICv2: virtual interface control registers */
	phys_addr_t gicv;		/* GICv2: virtual CPU interface, PA */
	size_t gicv_size;		/* bytes */
	/*
	 * Linux IRQ numbers; htimer fires at the deadline of a guest's physical timer: EL2's own
	 * physical timer, or EL1's if EL2's is the kernel's
	 */
	int vtimer_irq, htimer_irq, maint_irq;
	u32 vtimer_intid, htimer_intid, maint_intid;	/* their INTIDs */
	bool more_than_fp;		/* SVE or SME, which EL2 does not switch */
	u32 cntfrq;			/* Hz */
	u64 mitigations;		/* HVK_MITIG_* */
};

extern struct hvk_host hvk_host;
/*
 * Fills hvk_host. 0, or an errno after logging why this host cannot run guests. Process
 * context, at load.
 */
int hvk_host_probe(void);
/* Unmaps GICD and GICH, if they are mapped. */
void hvk_host_exit(void);

#endif /* HVK_BASE_HOST_H */
