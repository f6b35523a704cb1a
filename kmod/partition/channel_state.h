/* SPDX-License-Identifier: GPL-2.0-only */
/* The event channels that a VM has. */
#ifndef HVK_PARTITION_CHANNEL_STATE_H
#define HVK_PARTITION_CHANNEL_STATE_H

#include <linux/types.h>

struct hvk_channel_end;

#define HVK_NR_CHANNELS	64

/* The ends that a VM has, by the number that its guest knows. */
struct hvk_channels {
	struct hvk_channel_end *end[HVK_NR_CHANNELS];	/* set once (release/acquire) */
	unsigned long pending, masked;		/* a bit each; of received ones */
};

#endif /* HVK_PARTITION_CHANNEL_STATE_H */
