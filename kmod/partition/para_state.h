/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's state of hvk's own hypercalls. */
#ifndef HVK_PARTITION_PARA_STATE_H
#define HVK_PARTITION_PARA_STATE_H

#include <linux/hrtimer.h>
#include <linux/types.h>

/* The vCPU is not in HVK_PARA_WAIT, is in it, or is in it past its deadline. */
enum hvk_wait { HVK_WAIT_NONE, HVK_WAIT_ON, HVK_WAIT_OVER };

struct hvk_para {
	bool pending;		/* the VMM answers a call with the next KVM_RUN */
	u8 wait;		/* enum hvk_wait; the thread and `wake` write it */
	u64 deadline_ns;	/* of `timer`, in the guest's time */
	struct hrtimer timer;	/* HVK_PARA_TIMER_SET; pulses a PPI */
	struct hrtimer wake;	/* deadline of HVK_PARA_WAIT */
};

#endif /* HVK_PARTITION_PARA_STATE_H */
