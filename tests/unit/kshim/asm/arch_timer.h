/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_ARCH_TIMER_H
#define KSHIM_ARCH_TIMER_H

/* The counter is the bench's: counter.h. */

#endif
