/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's timers. */
#ifndef HVK_TIME_VTIMER_STATE_H
#define HVK_TIME_VTIMER_STATE_H

#include <linux/hrtimer.h>
#include <linux/types.h>

struct hvk_vcpu;

/* What is known of the active state of the physical PPI, on the CPU that has the vCPU. */
enum hvk_ppi { HVK_PPI_UNKNOWN, HVK_PPI_INACTIVE, HVK_PPI_ACTIVE };

enum hvk_timer_id { HVK_TIMER_VIRT, HVK_TIMER_PHYS, HVK_NR_TIMERS };

struct hvk_vtimer {
	struct hvk_vcpu *vcpu;
	enum hvk_timer_id id;
	struct hrtimer hrt;	/* while the vCPU waits */
	bool line;		/* its level, as last given to the vGIC */
	enum hvk_ppi ppi;	/* CNTV's, while the vCPU is loaded */
};

#endif /* HVK_TIME_VTIMER_STATE_H */
