/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HVK_ABI_DEBUGFS_H
#define HVK_ABI_DEBUGFS_H

#include <linux/types.h>

/* debugfs.c: while the module is loaded; after EL2's set-up, before its end. */
void hvk_debugfs_init(void);
void hvk_debugfs_exit(void);

#endif /* HVK_ABI_DEBUGFS_H */
