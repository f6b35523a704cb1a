/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 1 of the partition: everything is mapped one to one from the first
 * instruction on (2 MiB to 1 GiB as devices, 1 to 4 GiB as cached memory),
 * shared memory when it is asked for; single 4 KiB pages can be mapped above.
 * The image's text and constants are read-only, its data are not executable.
 */
#pragma once

#include "arch.h"

#define PAGE_SIZE 4096ul

/* Pages mapped by mmu_map() lie in this range of VAs. */
#define MMU_WINDOW	0x4000000000ul
#define MMU_WINDOW_SIZE 0x200000ul

enum mmu_type { MMU_DEVICE = 0, MMU_NORMAL = 1, MMU_UNCACHED = 2 };

#define MMU_READ_ONLY (1u << 0)
#define MMU_NO_EXEC   (1u << 1)

/*
 * Maps the page at VA `va`, inside the window, to `ipa`, replacing what was
 * there by break-before-make on all PEs (DDI 0487 D8.14.1).
 */
void mmu_map(uintptr_t va, uint64_t ipa, enum mmu_type type, unsigned int flags);

/* Removes the page at `va` from all PEs. */
void mmu_unmap(uintptr_t va);

/* Maps shared memory, which lies below 1 GiB, at its IPA, never executable. */
void mmu_map_shared(uint64_t ipa, uint64_t size, enum mmu_type type, unsigned int flags);

/* Takes from the image's pages the rights that they do not need; smp.c calls it. */
void mmu_protect(void);

/*
 * Writes the window's level-3 entry for `va` as it is given, with the same
 * invalidation. For tests of the walker.
 */
void mmu_set_entry(uintptr_t va, uint64_t entry);

/* Points the window's level-2 entry for `va` at the table at IPA `table`. */
void mmu_set_table(uint64_t table);

/* Cache maintenance by VA, rounded to cache lines (DDI 0487 D7.5.9). */
void cache_clean_invalidate(const void *start, size_t size);
void cache_sync_code(const void *start, size_t size);
