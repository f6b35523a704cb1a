/* SPDX-License-Identifier: GPL-2.0-only */
/* One CPU's EL2, as EL1 knows it. */
#ifndef HVK_EL2_PCPU_H
#define HVK_EL2_PCPU_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "el2/image/el2_abi.h"

/* What EL1 knows of one CPU's EL2. Changed with interrupts off, on that CPU. */
struct hvk_el2_pcpu {
	struct hvk_el2_cpu *cpu;	/* EL2's own structure */
	void *pages;			/* guard page, stack, cpu; one allocation */
	bool handing_back;	/* cpu_pm_enter() below is our own */
};

DECLARE_PER_CPU(struct hvk_el2_pcpu, hvk_el2_pcpu);

#endif /* HVK_EL2_PCPU_H */
