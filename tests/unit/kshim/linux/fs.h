/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_FS_H
#define KSHIM_FS_H

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/types.h>

struct inode;

struct file {
	const struct file_operations *f_op;
	void *private_data;
};

struct file_operations {
	void *owner;
	int (*release)(struct inode *inode, struct file *file);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd,
			       unsigned long arg);
	long (*compat_ioctl)(struct file *file, unsigned int cmd,
			     unsigned long arg);
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
};

#define noop_llseek		NULL

#define O_RDWR			2
#define O_CLOEXEC		02000000

#endif
