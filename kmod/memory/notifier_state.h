/* SPDX-License-Identifier: GPL-2.0-only */
/* State of a VM's MMU notifier (notifier.h); empty on a kernel without MMU notifiers. */
#ifndef HVK_NOTIFIER_STATE_H
#define HVK_NOTIFIER_STATE_H

#include <linux/mmu_notifier.h>
#include <linux/types.h>

struct hvk_s2_notifier {
#ifdef CONFIG_MMU_NOTIFIER
	struct mmu_notifier mn;
	bool registered;
#endif
};

#endif /* HVK_NOTIFIER_STATE_H */
