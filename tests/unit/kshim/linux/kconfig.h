/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_KCONFIG_H
#define KSHIM_KCONFIG_H

/* What matters here is defined as 1 in config.h, or not at all. */
#define KSHIM_PLACE_1		0,
#define KSHIM_SECOND(a, b, ...)	b
#define KSHIM_IS(place)		KSHIM_SECOND(place 1, 0)
#define KSHIM_IS_(value)	KSHIM_IS(KSHIM_PLACE_##value)
#define IS_ENABLED(option)	KSHIM_IS_(option)

#endif
