/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_UAPI_SCHED_TYPES_H
#define KSHIM_UAPI_SCHED_TYPES_H

#include <linux/types.h>

#define SCHED_NORMAL			0
#define SCHED_FIFO			1
#define SCHED_FLAG_RESET_ON_FORK	1

struct sched_attr {
	u32 size;
	u32 sched_policy;
	u64 sched_flags;
	u32 sched_priority;
};

#endif
