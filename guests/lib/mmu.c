// SPDX-License-Identifier: BSD-2-Clause
/*
 * Translation tables. entry.S turns the MMU on before it writes to memory, so the root and
 * all tables that it points to are constants of the image.
 */

#include "mmu.h"

#include "board.h"
#include "exc.h"
#include "smp.h"

/* Defined by the linker script. */
extern char text_start[], rodata_start[], data_start[], bss_end[];

#define DESC_BLOCK  0x1ul
#define DESC_TABLE  0x3ul
#define DESC_PAGE   0x3ul
#define DESC_AF	    (1ul << 10)
#define DESC_SH_IN  (3ul << 8)
#define DESC_RO	    (2ul << 6)
#define DESC_PXN    (1ul << 53)
#define DESC_UXN    (1ul << 54)
#define DESC_ATTR(n) ((uint64_t)(n) << 2)

#define DEVICE	(DESC_AF | DESC_ATTR(MMU_DEVICE) | DESC_PXN | DESC_UXN)
#define MEMORY	(DESC_AF | DESC_SH_IN | DESC_ATTR(MMU_NORMAL) | DESC_UXN)

#define GIB(n)		((uint64_t)(n) << 30)
#define BLOCK_SIZE	0x200000ul
#define ENTRIES		512

/* For tables of constants: _2(X, n) is X(n), X(n + 1); _4(X, n) is X(n) to X(n + 3); ... */
#define _2(X, n)   X(n), X((n) + 1)
#define _4(X, n)   _2(X, n), _2(X, (n) + 2)
#define _8(X, n)   _4(X, n), _4(X, (n) + 4)
#define _16(X, n)  _8(X, n), _8(X, (n) + 8)
#define _32(X, n)  _16(X, n), _16(X, (n) + 16)
#define _64(X, n)  _32(X, n), _32(X, (n) + 32)
#define _128(X, n) _64(X, n), _64(X, (n) + 64)
#define _256(X, n) _128(X, n), _128(X, (n) + 128)
#define FROM_1_TO_511(X) \
	X(1), _2(X, 2), _4(X, 4), _8(X, 8), _16(X, 16), _32(X, 32), _64(X, 64), _128(X, 128), \
		_256(X, 256)

#define DEVICE_BLOCK(n) ((n) * BLOCK_SIZE | DESC_BLOCK | DEVICE)
#define MEMORY_BLOCK(n) (GIB(1) | (n) * BLOCK_SIZE | DESC_BLOCK | MEMORY)
#define MEMORY_PAGE(n)	(GIB(1) | (n) * PAGE_SIZE | DESC_PAGE | MEMORY)

#define CONSTANT_TABLE __attribute__((aligned(4096), section(".data")))

/* The image's first 2 MiB, in pages, so that mmu_protect() can restrict their access rights. */
static uint64_t image_level3[ENTRIES] CONSTANT_TABLE = {
	MEMORY_PAGE(0),
	FROM_1_TO_511(MEMORY_PAGE),
};

/* The first GiB: devices; the first 2 MiB are not mapped, so that null pointers fault. */
static uint64_t device_level2[ENTRIES] CONSTANT_TABLE = { 0, FROM_1_TO_511(DEVICE_BLOCK) };

static uint64_t ram_level2[ENTRIES] CONSTANT_TABLE = {
	(uint64_t)image_level3 + DESC_TABLE,
	FROM_1_TO_511(MEMORY_BLOCK),
};

/* Level 1, with 1 GiB for each entry; the entry of MMU_WINDOW is set on first use. */
uint64_t mmu_root[ENTRIES] CONSTANT_TABLE = {
	(uint64_t)device_level2 + DESC_TABLE,
	(uint64_t)ram_level2 + DESC_TABLE,
	GIB(2) | DESC_BLOCK | MEMORY,
	GIB(3) | DESC_BLOCK | MEMORY,
};

/* Level-3 tables for shared regions that do not fill a block of 2 MiB. */
#define SHARED_TABLES 8
static uint64_t shared_level3[SHARED_TABLES][ENTRIES] __attribute__((aligned(4096)));
static unsigned int shared_tables;

static uint64_t window_level2[ENTRIES] __attribute__((aligned(4096)));
static uint64_t window_level3[ENTRIES] __attribute__((aligned(4096)));

/*
 * Changes the entry that maps `va` by break-before-make (D8.14.1). The first DSB makes the
 * invalid entry visible to table walks before the TLBI; the DSB after that completes the
 * invalidation on all PEs before the new entry is written.
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

/* Sets up the tables of MMU_WINDOW, if that was not done yet. */
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
	/* The entry covers many pages, so that all TLB entries are invalidated. */
	asm volatile("dsb ishst\n\ttlbi vmalle1is\n\tdsb ish\n\tisb" ::: "memory");
	window_level2[0] = table ? table | DESC_TABLE : (uintptr_t)window_level3 | DESC_TABLE;
	asm volatile("dsb ishst\n\tisb" ::: "memory");
}

static uint64_t attributes(enum mmu_type type, unsigned int flags)
{
	uint64_t entry = DESC_AF | DESC_SH_IN | DESC_ATTR(type) | DESC_UXN;

	if (flags & MMU_READ_ONLY)
		entry |= DESC_RO;
	if ((flags & MMU_NO_EXEC) || type == MMU_DEVICE)
		entry |= DESC_PXN;
	return entry;
}

void mmu_map(uintptr_t va, uint64_t ipa, enum mmu_type type, unsigned int flags)
{
	mmu_set_entry(va, ipa | DESC_PAGE | attributes(type, flags));
}

void mmu_unmap(uintptr_t va)
{
	mmu_set_entry(va, 0);
}

/* The level-3 table for the device block at ipa; replaces the block by a table if needed. */
static uint64_t *device_level3(uint64_t ipa)
{
	uint64_t *block = &device_level2[ipa / BLOCK_SIZE];
	uint64_t *table;

	if ((*block & DESC_TABLE) == DESC_TABLE)
		return (uint64_t *)(uintptr_t)(*block & ~(PAGE_SIZE - 1));
	if (shared_tables == SHARED_TABLES)
		panic("more than %u pieces of shared memory below 2 MiB", SHARED_TABLES);
	table = shared_level3[shared_tables++];
	for (uint64_t i = 0; i < ENTRIES; i++)
		table[i] = (ipa & ~(BLOCK_SIZE - 1)) | i * PAGE_SIZE | DESC_PAGE | DEVICE;
	set(block, (uintptr_t)table | DESC_TABLE, ipa);
	return table;
}

void mmu_map_shared(uint64_t ipa, uint64_t size, enum mmu_type type, unsigned int flags)
{
	uint64_t bits = attributes(type, flags | MMU_NO_EXEC);
	uint64_t end = ipa + size;

	if (ipa < BLOCK_SIZE || end > GIB(1) || (ipa | size) % PAGE_SIZE)
		panic("shared memory at %lx of %lx bytes is not below 1 GiB", ipa, size);
	while (ipa < end) {
		if (ipa % BLOCK_SIZE == 0 && end - ipa >= BLOCK_SIZE) {
			set(&device_level2[ipa / BLOCK_SIZE], ipa | DESC_BLOCK | bits, ipa);
			ipa += BLOCK_SIZE;
		} else {
			set(&device_level3(ipa)[ipa / PAGE_SIZE % ENTRIES],
			    ipa | DESC_PAGE | bits, ipa);
			ipa += PAGE_SIZE;
		}
	}
}

/*
 * Sets bits in the entries of the pages from start to end; only in the image's first 2 MiB.
 * The linker script aligns sections to pages.
 */
static void change(const char *start, const char *end, uint64_t bits)
{
	for (uintptr_t p = (uintptr_t)start; p < (uintptr_t)end; p += PAGE_SIZE) {
		if (p / BLOCK_SIZE == BOARD_RAM / BLOCK_SIZE)
			image_level3[p / PAGE_SIZE % ENTRIES] |= bits;
	}
}

void mmu_protect(void)
{
	change(text_start, rodata_start, DESC_RO);
	change(rodata_start, data_start, DESC_RO | DESC_PXN);
	change(data_start, bss_end, DESC_PXN);
	for (unsigned int i = 0; i < SMP_MAX; i++) {
		uintptr_t guard = (uintptr_t)&smp_stacks[i].guard;

		if (guard / BLOCK_SIZE == BOARD_RAM / BLOCK_SIZE)
			image_level3[guard / PAGE_SIZE % ENTRIES] = 0;
	}
	/*
	 * A change of access rights needs no break-before-make (D8.14.1), but TLBs may
	 * have the old rights. The DSBs order the new entries, the TLBI and what follows.
	 */
	asm volatile("dsb ishst\n\ttlbi vmalle1is\n\tdsb ish\n\tisb" ::: "memory");
}

/* Bytes of a cache line. CTR_EL0's DminLine and IminLine are log2 of its number of words. */
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
