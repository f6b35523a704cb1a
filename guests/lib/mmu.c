// SPDX-License-Identifier: BSD-2-Clause
/*
 * Translation tables. The root is part of the image, because entry.S turns
 * the MMU on before it writes to memory.
 */

#include "mmu.h"

#define DESC_BLOCK  0x1ul
#define DESC_TABLE  0x3ul
#define DESC_PAGE   0x3ul
#define DESC_AF	    (1ul << 10)
#define DESC_SH_IN  (3ul << 8)
#define DESC_RO	    (2ul << 6)
#define DESC_PXN    (1ul << 53)
#define DESC_UXN    (1ul << 54)
#define DESC_ATTR(n) ((uint64_t)(n) << 2)

#define DEVICE_GIB(n) \
	(((uint64_t)(n) << 30) | DESC_BLOCK | DESC_AF | DESC_ATTR(MMU_DEVICE) | DESC_PXN | DESC_UXN)
#define MEMORY_GIB(n) \
	(((uint64_t)(n) << 30) | DESC_BLOCK | DESC_AF | DESC_SH_IN | DESC_ATTR(MMU_NORMAL))

#define ENTRIES 512

/* Level 1, 1 GiB an entry; the window's entry is filled on first use. */
uint64_t mmu_root[ENTRIES] __attribute__((aligned(4096), section(".data"))) = {
	[0] = DEVICE_GIB(0),
	[1] = MEMORY_GIB(1),
	[2] = MEMORY_GIB(2),
	[3] = MEMORY_GIB(3),
};

static uint64_t window_level2[ENTRIES] __attribute__((aligned(4096)));
static uint64_t window_level3[ENTRIES] __attribute__((aligned(4096)));

/*
 * The table entry must be visible to the walkers before the invalidation, and
 * that complete, on all PEs, before anything after it runs (D8.14.1).
 */
static void set(uint64_t *entry, uint64_t value, uintptr_t va)
{
	*(volatile uint64_t *)entry = 0;
	asm volatile("dsb ishst\n\t"
		     "tlbi vaae1is, %0\n\t"
		     "dsb ish\n\t"
		     "isb" ::"r"((va >> 12) & 0xffffffffffful)
		     : "memory");
	*(volatile uint64_t *)entry = value;
	asm volatile("dsb ishst\n\tisb" ::: "memory");
}

static void open_window(void)
{
	uint64_t *root = &mmu_root[MMU_WINDOW >> 30];

	if (*root)
		return;
	window_level2[0] = (uintptr_t)window_level3 | DESC_TABLE;
	set(root, (uintptr_t)window_level2 | DESC_TABLE, MMU_WINDOW);
}

void mmu_set_entry(uintptr_t va, uint64_t entry)
{
	open_window();
	set(&window_level3[(va >> 12) % ENTRIES], entry, va);
}

void mmu_set_table(uint64_t table)
{
	open_window();
	window_level2[0] = 0;
	/* Many pages hang on this entry: all of them are invalidated. */
	asm volatile("dsb ishst\n\ttlbi vmalle1is\n\tdsb ish\n\tisb" ::: "memory");
	window_level2[0] = table ? table | DESC_TABLE : (uintptr_t)window_level3 | DESC_TABLE;
	asm volatile("dsb ishst\n\tisb" ::: "memory");
}

void mmu_map(uintptr_t va, uint64_t ipa, enum mmu_type type, unsigned int flags)
{
	uint64_t entry = ipa | DESC_PAGE | DESC_AF | DESC_SH_IN | DESC_ATTR(type) | DESC_UXN;

	if (flags & MMU_READ_ONLY)
		entry |= DESC_RO;
	if ((flags & MMU_NO_EXEC) || type == MMU_DEVICE)
		entry |= DESC_PXN;
	mmu_set_entry(va, entry);
}

void mmu_unmap(uintptr_t va)
{
	mmu_set_entry(va, 0);
}

/* CTR_EL0.DminLine and IminLine count words in powers of two. */
static uintptr_t line_size(unsigned int shift)
{
	return 4ul << ((sysreg_read(ctr_el0) >> shift) & 0xf);
}

void cache_clean_invalidate(const void *start, size_t size)
{
	uintptr_t line = line_size(16);
	uintptr_t end = (uintptr_t)start + size;

	for (uintptr_t p = (uintptr_t)start & ~(line - 1); p < end; p += line)
		asm volatile("dc civac, %0" ::"r"(p) : "memory");
	dsb();
}

void cache_sync_code(const void *start, size_t size)
{
	uintptr_t data = line_size(16);
	uintptr_t code = line_size(0);
	uintptr_t end = (uintptr_t)start + size;

	for (uintptr_t p = (uintptr_t)start & ~(data - 1); p < end; p += data)
		asm volatile("dc cvau, %0" ::"r"(p) : "memory");
	asm volatile("dsb ish" ::: "memory");
	for (uintptr_t p = (uintptr_t)start & ~(code - 1); p < end; p += code)
		asm volatile("ic ivau, %0" ::"r"(p) : "memory");
	asm volatile("dsb ish\n\tisb" ::: "memory");
}
