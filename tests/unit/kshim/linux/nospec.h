/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_NOSPEC_H
#define KSHIM_NOSPEC_H

#include <linux/bug.h>

/* Speculation aside, the index is in bounds already: say so if it is not. */
#define array_index_nospec(index, size)					\
	({ if ((index) >= (size)) KSHIM_DIE("array_index_nospec"); (index); })

#endif
