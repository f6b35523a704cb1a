/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cache maintenance by address. The kernel exports none to the PoC, so these
 * are the module's own. Any context; complete on return.
 */
#ifndef HVK_BASE_CACHE_H
#define HVK_BASE_CACHE_H

#include <linux/types.h>

/* Reads the geometry of the caches; to be called before the functions below. */
void hvk_cache_init(void);
/* Cleans and invalidates [va, va + size) of kernel memory to the PoC. */
void hvk_dcache_flush(const void *va, size_t size);
/*
 * Instruction caches of all PEs drop what they hold of [va, va + size), under
 * any virtual address. The data is clean to the PoU, or beyond, already.
 */
void hvk_icache_sync(const void *va, size_t size);

#endif /* HVK_BASE_CACHE_H */
