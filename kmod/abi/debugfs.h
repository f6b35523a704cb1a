/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's files in debugfs. */
#ifndef HVK_ABI_DEBUGFS_H
#define HVK_ABI_DEBUGFS_H

#include <linux/types.h>

/*
 * Create and remove the files. init is called after hvk_el2_init(), exit before
 * hvk_el2_exit(), which has what the files show. Process context.
 */
void hvk_debugfs_init(void);
void hvk_debugfs_exit(void);

#endif /* HVK_ABI_DEBUGFS_H */
