/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_BITMAP_H
#define KSHIM_BITMAP_H

#include <linux/bitops.h>
#include <linux/slab.h>
#include <linux/string.h>

static inline unsigned long *bitmap_zalloc(unsigned int bits, gfp_t gfp)
{
	return (unsigned long *)kcalloc(BITS_TO_LONGS(bits), sizeof(long), gfp);
}

static inline void bitmap_free(const unsigned long *map)
{
	kfree(map);
}

static inline void bitmap_zero(unsigned long *map, unsigned int bits)
{
	memset(map, 0, BITS_TO_LONGS(bits) * sizeof(long));
}

static inline unsigned long find_next_zero_bit(const unsigned long *map,
					       unsigned long size,
					       unsigned long at)
{
	while (at < size && (map[BIT_WORD(at)] & BIT_MASK(at)))
		at++;
	return at < size ? at : size;
}

#endif
