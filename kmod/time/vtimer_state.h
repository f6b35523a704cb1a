/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's timers. */
#ifndef HVK_TIME_VTIMER_STATE_H
#define HVK_TIME_VTIMER_STATE_H

#include <linux/hrtimer.h>
#include <linux/types.h>

struct hvk_vcpu;

enum hvk_timer_id { HVK_TIMER_VIRT, HVK_TIMER_PHYS, HVK_NR_TIMERS };

struct hvk_vtimer {
	struct hvk_vcpu *vcpu;
	enum hvk_timer_id id;
	struct hrtimer hrt;	/* CNTV: while the vCPU waits; CNTP: while it is armed */
	bool line;		/* its level, as last given to the vGIC */
};

#endif /* HVK_TIME_VTIMER_STATE_H */
