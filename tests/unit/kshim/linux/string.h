/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HVK_KSHIM_STRING_H
#define HVK_KSHIM_STRING_H

#include <string.h>

#define strstarts(s, start)	(!strncmp(s, start, strlen(start)))
#define memzero_explicit(p, n)	explicit_bzero(p, n)

static inline const void *memchr_inv(const void *start, int c, size_t bytes)
{
	const unsigned char *p = start;

	for (; bytes; bytes--, p++)
		if (*p != (unsigned char)c)
			return p;
	return NULL;
}

#endif
