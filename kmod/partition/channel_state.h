/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's ends of event channels. */
#ifndef HVK_PARTITION_CHANNEL_STATE_H
#define HVK_PARTITION_CHANNEL_STATE_H

#include <linux/types.h>

struct hvk_channel_end;

#define HVK_NR_CHANNELS	64

/* A VM's ends of event channels, indexed by the number that its guest uses for each. */
struct hvk_channels {
	struct hvk_channel_end *end[HVK_NR_CHANNELS];	/* set once (release/acquire) */
	unsigned long pending, masked;	/* a bit for each receiving end; atomic */
};

#endif /* HVK_PARTITION_CHANNEL_STATE_H */
