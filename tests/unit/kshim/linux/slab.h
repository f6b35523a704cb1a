/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_SLAB_H
#define KSHIM_SLAB_H

#include <linux/gfp.h>
#include <stdlib.h>

/* ASan's heap: leaks, overruns and use after free end the test. */
static inline void *kmalloc(size_t size, gfp_t gfp)
{
	return gfp & __GFP_ZERO ? calloc(1, size) : malloc(size);
}

static inline void *kzalloc(size_t size, gfp_t gfp)
{
	return calloc(1, size);
}

static inline void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return calloc(n, size);
}

static inline void kfree(const void *p)
{
	free((void *)p);
}

#define kvzalloc(size, gfp)	kzalloc(size, gfp)
#define kvcalloc(n, size, gfp)	kcalloc(n, size, gfp)
#define kvfree(p)		kfree(p)

#endif
