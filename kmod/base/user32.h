/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 32-bit programs are refused, as KVM on arm64 refuses them: a 32-bit VMM could not
 * express much of this ABI, such as memory above 4 GiB.
 */
#ifndef HVK_USER32_H
#define HVK_USER32_H

#include <linux/errno.h>
#include <linux/fs.h>

/*
 * compat_ioctl of all of hvk's files. A 32-bit program cannot open /dev/hvk; it can
 * only have got the descriptor from a 64-bit one.
 */
static inline long hvk_user32_ioctl(struct file *file, unsigned int cmd,
				    unsigned long arg)
{
	return -EINVAL;
}

#endif /* HVK_USER32_H */
