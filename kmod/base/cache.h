/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cache maintenance by address. The kernel exports no function for the PoC to
 * modules, so hvk has its own. Any context; the maintenance is complete on return.
 */
#ifndef HVK_BASE_CACHE_H
#define HVK_BASE_CACHE_H

#include <linux/types.h>

/* Reads the cache line sizes. Called once, at load, before the functions below. */
void hvk_cache_init(void);
/* Cleans and invalidates [va, va + size) of kernel memory to the PoC. */
void hvk_dcache_flush(const void *va, size_t size);
/*
 * Invalidates [va, va + size) in the instruction caches of all PEs, whatever
 * virtual address they fetch it by. The caller has cleaned the data to the PoU or
 * beyond.
 */
void hvk_icache_sync(const void *va, size_t size);

#endif /* HVK_BASE_CACHE_H */
