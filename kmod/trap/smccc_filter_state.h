/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter of a VM's SMCCC calls. */
#ifndef HVK_TRAP_SMCCC_FILTER_STATE_H
#define HVK_TRAP_SMCCC_FILTER_STATE_H

#include <linux/types.h>

struct hvk_smccc_range {
	u32 first, last;	/* function numbers, both inclusive */
	u8 action;		/* KVM_SMCCC_FILTER_* */
};

/* Written under vm->lock until the first vCPU runs, and constant from then on. */
struct hvk_smccc_filter {
	struct hvk_smccc_range *range;
	unsigned int nr;
};

#endif /* HVK_TRAP_SMCCC_FILTER_STATE_H */
