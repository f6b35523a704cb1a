/* SPDX-License-Identifier: GPL-2.0-only */
/* What a vCPU has of hvk's own hypercalls. */
#ifndef HVK_PARTITION_PARA_STATE_H
#define HVK_PARTITION_PARA_STATE_H

#include <linux/hrtimer.h>
#include <linux/types.h>

/* Whether the vCPU is in WAIT, which event channels end as well. */
enum hvk_wait { HVK_WAIT_NONE, HVK_WAIT_ON, HVK_WAIT_OVER };

/* A vCPU's timers and state of hvk's hypercalls. */
struct hvk_para {
	bool pending;		/* a call that the VMM answers with the next RUN */
	u8 wait;		/* enum hvk_wait: written by the thread and the timer */
	u64 deadline_ns;	/* of the timer, in the guest's time */
	struct hrtimer timer;	/* TIMER_SET */
	struct hrtimer wake;	/* WAIT's deadline */
};

#endif /* HVK_PARTITION_PARA_STATE_H */
