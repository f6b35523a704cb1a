/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages that a vCPU touched one after the other, each for the first time. */
#ifndef HVK_MEMORY_STREAK_STATE_H
#define HVK_MEMORY_STREAK_STATE_H

#include <linux/types.h>

/* Pages that one fault brings in, at most. */
#define HVK_STREAK_MAX	16

struct hvk_streak {
	u64 start, next;	/* IPAs: of its first page, and after the last one brought in */
};

#endif /* HVK_MEMORY_STREAK_STATE_H */
