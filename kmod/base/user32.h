/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 32-bit programs: kept out, as by KVM on arm64. A VMM of theirs could not name half of
 * what this ABI is about, memory above 4 GiB among it.
 */
#ifndef HVK_USER32_H
#define HVK_USER32_H

#include <linux/errno.h>
#include <linux/fs.h>

/* compat_ioctl of each file, which such a program can only have inherited. */
static inline long hvk_user32_ioctl(struct file *file, unsigned int cmd,
				    unsigned long arg)
{
	return -EINVAL;
}

#endif /* HVK_USER32_H */
