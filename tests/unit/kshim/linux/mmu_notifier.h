/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_MMU_NOTIFIER_H
#define KSHIM_MMU_NOTIFIER_H

struct mmu_notifier {
	int unused;
};

#endif
