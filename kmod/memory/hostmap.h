/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host's own page tables say of its memory, without their locks: the answer may be
 * out of date when it is used. Of the current process; any context.
 */
#ifndef HVK_MEMORY_HOSTMAP_H
#define HVK_MEMORY_HOSTMAP_H

#include <linux/types.h>

/* Whether the host maps hva with a block of 2 MiB or more. */
bool hvk_hostmap_block(unsigned long hva);
/*
 * How many pages from hva on, at most nr, have no entry: neither a page that is there,
 * whatever it may be used for, nor one in swap. None beyond the 2 MiB of hva.
 */
unsigned int hvk_hostmap_absent(unsigned long hva, unsigned int nr);

#endif /* HVK_MEMORY_HOSTMAP_H */
