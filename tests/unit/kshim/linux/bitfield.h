/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_BITFIELD_H
#define KSHIM_BITFIELD_H

#include <linux/bits.h>
#include <linux/build_bug.h>

/* As in the kernel, the mask is a constant and a constant value must fit. */
#define KSHIM_FIELD_SHIFT(mask)	(__builtin_ffsll(mask) - 1)

#define FIELD_MAX(mask)							\
	((__typeof__(mask))((mask) >> KSHIM_FIELD_SHIFT(mask)))
#define FIELD_FIT(mask, val)	(!(((__typeof__(mask))(val)) & ~FIELD_MAX(mask)))
#define FIELD_GET(mask, reg)						\
	((__typeof__(mask))(((reg) & (mask)) >> KSHIM_FIELD_SHIFT(mask)))
#define FIELD_PREP(mask, val)						\
	(((__typeof__(mask))(val) << KSHIM_FIELD_SHIFT(mask)) & (mask))

#endif
