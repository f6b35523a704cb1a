// SPDX-License-Identifier: BSD-2-Clause
/*
 * Stage 2 as seen by the guest: all kinds of first accesses to pages, code that changes, and
 * addresses that have neither memory nor a device.
 */

#include "board.h"
#include "check.h"
#include "exc.h"
#include "mmu.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"

#define TIME_LIMIT 30000 /* ms */

extern char image_end[];

static uintptr_t next_fresh;

/* Returns `count` consecutive pages of RAM that were never accessed before. */
static uintptr_t fresh_pages(unsigned int count)
{
	uintptr_t page;

	if (!next_fresh)
		next_fresh = (uintptr_t)image_end;
	page = next_fresh;
	next_fresh += count * PAGE_SIZE;
	return page;
}

static void first_touch(void)
{
	const unsigned int pages = 2048;
	uintptr_t base = fresh_pages(pages);
	unsigned int zero = 0, kept = 0;

	for (unsigned int i = 0; i < pages; i++) {
		volatile uint64_t *word = (uint64_t *)(base + i * PAGE_SIZE + i % 500 * 8);

		zero += *word == 0;
		*word = base + i;
	}
	for (unsigned int i = 0; i < pages; i++)
		kept += *(volatile uint64_t *)(base + i * PAGE_SIZE + i % 500 * 8) == base + i;
	check("fresh-pages-zero", pages, zero);
	check("fresh-pages-keep", pages, kept);
}

static void ways_of_touching(void)
{
	uintptr_t page;
	uint64_t a, b;
	uint32_t failed;

	page = fresh_pages(2);
	asm volatile("ldr %0, [%1]" : "=r"(a) : "r"(page + PAGE_SIZE - 3) : "memory");
	check("unaligned-load-across-pages", 0, a);
	page = fresh_pages(2);
	asm volatile("str %0, [%1]" ::"r"(0x1122334455667788ul), "r"(page + PAGE_SIZE - 3)
		     : "memory");
	check("unaligned-store-low-page", 0x667788,
	      *(volatile uint64_t *)(page + PAGE_SIZE - 8) >> 40);
	check("unaligned-store-high-page", 0x1122334455,
	      *(volatile uint64_t *)(page + PAGE_SIZE));
	page = fresh_pages(2);
	asm volatile("stp %2, %3, [%4]\n\tldp %0, %1, [%4]"
		     : "=&r"(a), "=&r"(b)
		     : "r"(1ul), "r"(2ul), "r"(page + PAGE_SIZE - 8)
		     : "memory");
	check("pair-across-pages", 3, a + b);
	page = fresh_pages(1);
	asm volatile("str %2, [%0], #8\n\tmov %1, %0" : "+&r"(page), "=r"(a) : "r"(7ul) : "memory");
	check("write-back-once", page, a);
	check("write-back-stored", 7, *(volatile uint64_t *)(page - 8));

	page = fresh_pages(1);
	asm volatile("1:	ldxr	%0, [%2]\n"
		     "	add	%0, %0, #1\n"
		     "	stxr	%w1, %0, [%2]\n"
		     "	cbnz	%w1, 1b\n"
		     : "=&r"(a), "=&r"(failed)
		     : "r"(page)
		     : "memory");
	check("exclusive", 1, *(volatile uint64_t *)page);
	page = fresh_pages(1);
	asm volatile("dc zva, %0" ::"r"(page) : "memory");
	check("dc-zva", 0, *(volatile uint64_t *)page);
	page = fresh_pages(1);
	cache_clean_invalidate((void *)page, PAGE_SIZE);
	check("dc-civac", 0, *(volatile uint64_t *)page);
	page = fresh_pages(1);
	asm volatile("prfm pldl1keep, [%0]\n\tprfm pstl1keep, [%0]" ::"r"(page));
	check("prefetch", 0, *(volatile uint64_t *)page);
	page = fresh_pages(1);
	asm volatile("at s1e1r, %1\n\tisb\n\tmrs %0, par_el1" : "=r"(a) : "r"(page) : "memory");
	check("at-s1e1r", page, a & 0xfffffffff001);
}

/* A stage-1 walk through a table in a page that stage 2 does not map yet. */
static void table_in_fresh_page(void)
{
	struct exc_record fault;

	mmu_set_table(fresh_pages(1));
	exc_catch(&fault);
	*(volatile uint64_t *)MMU_WINDOW;
	exc_release();
	check("walk-in-fresh-page", ESR_EC_DABT_SAME, ESR_EC(fault.esr));
	check("walk-in-fresh-page-fsc", ESR_FSC_TRANSLATION_L3, ESR_FSC(fault.esr));
	check("walk-in-fresh-page-far", MMU_WINDOW, fault.far);
	mmu_set_table(0);
}

/* Writes a function that returns n: mov w0, #n; ret. */
static void write_code(uintptr_t page, uint32_t n)
{
	volatile uint32_t *code = (uint32_t *)page;

	code[0] = 0x52800000 | n << 5;
	code[1] = 0xd65f03c0;
	cache_sync_code((void *)page, 8);
}

static uint32_t call(uintptr_t address)
{
	uint32_t result;

	asm volatile("blr %1\n\tmov %w0, w0"
		     : "=r"(result)
		     : "r"(address)
		     : "x0", "x30", "memory");
	return result;
}

static void code(void)
{
	unsigned int right = 0;
	uintptr_t page;

	for (uint32_t i = 1; i <= 32; i++) {
		page = fresh_pages(1);
		write_code(page, i);
		right += call(page) == i;
	}
	check("code-in-fresh-pages", 32, right);

	right = 0;
	for (uint32_t i = 1; i <= 32; i++) {
		write_code(page, i);
		right += call(page) == i;
	}
	check("code-rewritten", 32, right);

	/* A function whose two instructions are in two pages. */
	page = fresh_pages(2);
	write_code(page + PAGE_SIZE - 4, 77);
	check("code-across-pages", 77, call(page + PAGE_SIZE - 4));
}

static void stage1_permissions(void)
{
	static uint64_t page[PAGE_SIZE / 8] __attribute__((aligned(4096)));
	struct exc_record fault;

	mmu_map(MMU_WINDOW, (uintptr_t)page, MMU_NORMAL, MMU_READ_ONLY | MMU_NO_EXEC);
	exc_catch(&fault);
	*(volatile uint64_t *)(MMU_WINDOW + 8) = 1;
	exc_release();
	check("read-only-page", ESR_FSC_PERMISSION_L3, ESR_FSC(fault.esr));
	check("read-only-page-is-write", 1, fault.esr >> 6 & 1);
	check("read-only-page-far", MMU_WINDOW + 8, fault.far);
	exc_catch(&fault);
	call(MMU_WINDOW);
	exc_release();
	check("no-exec-page", ESR_EC_IABT_SAME, ESR_EC(fault.esr));
	mmu_unmap(MMU_WINDOW);
	exc_catch(&fault);
	*(volatile uint64_t *)MMU_WINDOW;
	exc_release();
	check("unmapped-page", ESR_FSC_TRANSLATION_L3, ESR_FSC(fault.esr));
}

/* Whether the FSC is a synchronous external abort, on an access or on a table walk. */
static bool external(uint64_t esr)
{
	return ESR_FSC(esr) == 0x10 || (ESR_FSC(esr) >= 0x14 && ESR_FSC(esr) <= 0x17);
}

struct probe {
	const char *name;
	const char *name_class;
	uint64_t ipa;
	enum mmu_type type;
	bool write, execute;
};

static const struct probe probes[] = {
	{ "nobody-load", "nobody-load-class", BOARD_NOBODY, MMU_DEVICE, false, false },
	{ "nobody-store", "nobody-store-class", BOARD_NOBODY, MMU_DEVICE, true, false },
	{ "nobody-cached-load", "nobody-cached-load-class", BOARD_NOBODY, MMU_NORMAL, false,
	  false },
	{ "nobody-fetch", "nobody-fetch-class", BOARD_NOBODY, MMU_NORMAL, false, true },
	{ "device-fetch", "device-fetch-class", BOARD_PL031, MMU_NORMAL, false, true },
	{ "gic-fetch", "gic-fetch-class", BOARD_GICD, MMU_NORMAL, false, true },
	{ "above-ram-load", "above-ram-load-class", 0xf0000000, MMU_NORMAL, false, false },
	{ "above-ram-store", "above-ram-store-class", 0xf0000000, MMU_NORMAL, true, false },
	{ "gic-gap-load", "gic-gap-load-class", BOARD_GICC + 0x10000, MMU_DEVICE, false, false },
};

static void nobody(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(probes); i++) {
		const struct probe *probe = &probes[i];
		struct exc_record fault;

		mmu_map(MMU_WINDOW, probe->ipa, probe->type, 0);
		exc_catch(&fault);
		if (probe->execute)
			call(MMU_WINDOW);
		else if (probe->write)
			mmio_write32(MMU_WINDOW + 8, 1);
		else
			mmio_read32(MMU_WINDOW + 8);
		exc_release();
		check(probe->name, 1, fault.count == 1 && external(fault.esr) &&
					      fault.far == MMU_WINDOW + (probe->execute ? 0 : 8));
		check(probe->name_class, probe->execute ? ESR_EC_IABT_SAME : ESR_EC_DABT_SAME,
		      ESR_EC(fault.esr));
	}
	mmu_unmap(MMU_WINDOW);
}

/* Stage-1 walks through tables at addresses that are not memory. */
static void bad_tables(void)
{
	static const struct {
		const char *name;
		uint64_t table;
	} tables[] = {
		{ "walk-through-nobody", BOARD_NOBODY },
		{ "walk-through-device", BOARD_PL031 },
		{ "walk-through-gic", BOARD_GICD },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(tables); i++) {
		struct exc_record fault;

		mmu_set_table(tables[i].table);
		exc_catch(&fault);
		*(volatile uint64_t *)MMU_WINDOW;
		exc_release();
		check(tables[i].name, 1, fault.count == 1 && external(fault.esr) &&
						 ESR_EC(fault.esr) == ESR_EC_DABT_SAME);
		mmu_set_table(0);
	}
}

/* An IPA with more bits than the VM's IPA space. */
static void beyond_ipa(void)
{
	struct exc_record fault;

	mmu_map(MMU_WINDOW, 1ul << 43, MMU_NORMAL, 0);
	exc_catch(&fault);
	*(volatile uint64_t *)MMU_WINDOW;
	exc_release();
	check("beyond-ipa-space", 1, fault.count);
	check("beyond-ipa-space-class", ESR_EC_DABT_SAME, ESR_EC(fault.esr));
	mmu_unmap(MMU_WINDOW);
}

/* Accesses with the MMU off see stores from before, and the other way round. */
static void mmu_off(void)
{
	static volatile uint64_t word __attribute__((aligned(256)));
	uint64_t seen;

	word = 11;
	cache_clean_invalidate((void *)&word, sizeof(word));
	/* All in one asm: with the MMU off the stack must not be used, as caches may hold it. */
	asm volatile("mrs	x2, sctlr_el1\n"
		     "	mov	x3, #0x1005\n"
		     "	bic	x3, x2, x3\n"
		     "	msr	sctlr_el1, x3\n"
		     "	isb\n"
		     "	ldr	%0, [%1]\n"
		     "	add	x4, %0, #1\n"
		     "	str	x4, [%1]\n"
		     "	dsb	sy\n"
		     "	msr	sctlr_el1, x2\n"
		     "	isb\n"
		     : "=&r"(seen)
		     : "r"(&word)
		     : "x2", "x3", "x4", "memory");
	check("mmu-off-load", 11, seen);
	check("mmu-off-store", 12, word);

	asm volatile("dc cisw, xzr\n\tdc csw, xzr\n\tdsb sy\n\tic iallu\n\tisb" ::: "memory");
	check("set-way-harmless", 12, word);
}

/* All PEs access the same fresh pages at the same time. */
static volatile uint32_t go;
static uintptr_t contended;
#define CONTENDED 512

static void touch_all(void *arg)
{
	while (!go)
		relax();
	for (unsigned int i = 0; i < CONTENDED; i++)
		__atomic_fetch_add((uint64_t *)(contended + i * PAGE_SIZE), 1, __ATOMIC_SEQ_CST);
	(void)arg;
}

static void contend(void)
{
	unsigned int cpus = smp_count(), right = 0;

	if (cpus < 2) {
		check_skip("contended-pages", "one PE");
		return;
	}
	contended = fresh_pages(CONTENDED);
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		smp_start(cpu, touch_all, NULL);
	go = 1;
	touch_all(NULL);
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		smp_wait_off(cpu, TIME_LIMIT);
	for (unsigned int i = 0; i < CONTENDED; i++)
		right += *(volatile uint64_t *)(contended + i * PAGE_SIZE) == cpus;
	check("contended-pages", CONTENDED, right);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	first_touch();
	ways_of_touching();
	table_in_fresh_page();
	code();
	stage1_permissions();
	nobody();
	bad_tables();
	beyond_ipa();
	mmu_off();
	contend();
	check_finish();
}
