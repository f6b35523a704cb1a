/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_LOG2_H
#define KSHIM_LOG2_H

#define ilog2(n)	(63 - __builtin_clzll(n))

#endif
