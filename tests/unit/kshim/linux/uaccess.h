/* SPDX-License-Identifier: GPL-2.0-only */
/* The process's own memory is userspace's; its first page is not there. */
#ifndef KSHIM_UACCESS_H
#define KSHIM_UACCESS_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <string.h>

#define KSHIM_USER_START	4096UL

#define u64_to_user_ptr(x)	((void __user *)(uintptr_t)(x))

static inline unsigned long copy_from_user(void *to, const void __user *from,
					   unsigned long n)
{
	if ((uintptr_t)from < KSHIM_USER_START)
		return n;
	memcpy(to, (const void *)from, n);
	return 0;
}

/* The bench's: what is absent fails. */
long copy_from_user_nofault(void *to, const void __user *from, size_t n);

static inline unsigned long copy_to_user(void __user *to, const void *from,
					 unsigned long n)
{
	if ((uintptr_t)to < KSHIM_USER_START)
		return n;
	memcpy((void *)to, from, n);
	return 0;
}

static inline unsigned long clear_user(void __user *to, unsigned long n)
{
	if ((uintptr_t)to < KSHIM_USER_START)
		return n;
	memset((void *)to, 0, n);
	return 0;
}

#define get_user(x, p) (copy_from_user(&(x), p, sizeof(*(p))) ? -EFAULT : 0)
#define put_user(x, p)							\
	({								\
		__typeof__(*(p)) kshim_val = (x);			\
		copy_to_user(p, &kshim_val, sizeof(kshim_val)) ? -EFAULT : 0; \
	})

#endif
