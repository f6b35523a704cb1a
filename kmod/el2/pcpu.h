/* SPDX-License-Identifier: GPL-2.0-only */
/* What EL1 knows of one CPU's EL2. */
#ifndef HVK_EL2_PCPU_H
#define HVK_EL2_PCPU_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "el2/image/el2_abi.h"

/* Set up at load; handing_back changes on that CPU, with interrupts off. */
struct hvk_el2_pcpu {
	struct hvk_el2_cpu *cpu;	/* EL2's own structure */
	void *pages;			/* guard page, stack, cpu; one allocation */
	bool handing_back;	/* hvk itself calls cpu_pm_enter(): pm_cpu() ignores it */
};

DECLARE_PER_CPU(struct hvk_el2_pcpu, hvk_el2_pcpu);

#endif /* HVK_EL2_PCPU_H */
