/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's preempt notifier, which tells it of its thread's context switches: stay.h. */
#ifndef HVK_STAY_STATE_H
#define HVK_STAY_STATE_H

#include <linux/preempt.h>

struct hvk_stay {
#ifdef CONFIG_PREEMPT_NOTIFIERS
	struct preempt_notifier pn;
#endif
};

#endif /* HVK_STAY_STATE_H */
