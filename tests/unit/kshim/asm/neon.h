/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_NEON_H
#define KSHIM_NEON_H

static inline void kernel_neon_begin(void) { }
static inline void kernel_neon_end(void) { }

#endif
