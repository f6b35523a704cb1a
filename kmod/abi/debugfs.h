/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HVK_ABI_DEBUGFS_H
#define HVK_ABI_DEBUGFS_H

#include <linux/types.h>

/* The files exist from after hvk_el2_init() until before hvk_el2_exit(). */
void hvk_debugfs_init(void);
void hvk_debugfs_exit(void);

#endif /* HVK_ABI_DEBUGFS_H */
