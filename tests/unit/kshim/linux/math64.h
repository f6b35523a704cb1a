/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_MATH64_H
#define KSHIM_MATH64_H

#include <linux/minmax.h>
#include <linux/types.h>

static inline u64 mul_u64_u32_div(u64 a, u32 mul, u32 divisor)
{
	return (unsigned __int128)a * mul / divisor;
}

#endif
