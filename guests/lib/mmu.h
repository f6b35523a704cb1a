/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partition's stage-1 translation. VAs equal IPAs: 2 MiB to 1 GiB are mapped as device
 * memory and 1 to 4 GiB as cached memory from the start, and shared memory is mapped on
 * request. Single 4 KiB pages can be mapped in a window above. The image's text and constants
 * are read-only, and its data are not executable.
 */
#pragma once

#include "arch.h"

#define PAGE_SIZE 4096ul

/* The range of VAs for mmu_map(). */
#define MMU_WINDOW	0x4000000000ul
#define MMU_WINDOW_SIZE 0x200000ul

enum mmu_type { MMU_DEVICE = 0, MMU_NORMAL = 1, MMU_UNCACHED = 2 };

#define MMU_READ_ONLY (1u << 0)
#define MMU_NO_EXEC   (1u << 1)

/*
 * Maps the page at VA `va`, inside the window, to `ipa`. Replaces an older mapping by
 * break-before-make, for all PEs (DDI 0487 D8.14.1). Takes no lock.
 */
void mmu_map(uintptr_t va, uint64_t ipa, enum mmu_type type, unsigned int flags);

/* Unmaps the page at `va`, inside the window, for all PEs. */
void mmu_unmap(uintptr_t va);

/*
 * Maps shared memory at its IPA, never executable. ipa and size are multiples of 4 KiB, from
 * 2 MiB to 1 GiB; else it is a panic.
 */
void mmu_map_shared(uint64_t ipa, uint64_t size, enum mmu_type type, unsigned int flags);

/* Restricts the access rights of the image's pages, unmaps stack guards. Called by smp.c. */
void mmu_protect(void);

/*
 * Writes the window's level-3 descriptor for `va` as it is given, by break-before-make. For
 * tests of table walks.
 */
void mmu_set_entry(uintptr_t va, uint64_t entry);

/* Lets the whole window use the level-3 table at IPA `table`; 0: its own again. */
void mmu_set_table(uint64_t table);

/* Cleans and invalidates data to the PoC; both ends are rounded to lines (DDI 0487 D7.5.9). */
void cache_clean_invalidate(const void *start, size_t size);
/* Makes instructions that were written to memory visible to fetches; other PEs need an ISB. */
void cache_sync_code(const void *start, size_t size);
