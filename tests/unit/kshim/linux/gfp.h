/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_GFP_H
#define KSHIM_GFP_H

#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#define GFP_KERNEL		0x1u
#define GFP_ATOMIC		0x2u
#define __GFP_ZERO		0x4u
#define GFP_KERNEL_ACCOUNT	0x9u

static inline unsigned long __get_free_page(gfp_t gfp)
{
	void *page = aligned_alloc(4096, 4096);

	return (unsigned long)memset(page, gfp & __GFP_ZERO ? 0 : 0xa5, 4096);
}

static inline unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_page(gfp | __GFP_ZERO);
}

static inline void free_page(unsigned long page)
{
	free((void *)page);
}

#endif
