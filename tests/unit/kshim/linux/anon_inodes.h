/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_ANON_INODES_H
#define KSHIM_ANON_INODES_H

#include <linux/fs.h>

/* Files are the test's: what it gets here it may fget() by that number. */
int anon_inode_getfd(const char *name, const struct file_operations *fops,
		     void *priv, int flags);

#endif
