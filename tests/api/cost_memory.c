// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost.c's rows about memory: a guest stores to one page after the other, and each
 * store is a stage-2 fault, or would be. Its caches are on, as those of any guest that has
 * booted, unless the row says otherwise.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "cost.h"

#define PAGE	4096ull
#define BLOCK	(2ull << 20)
#define PAGES	512	/* what one table of the last level maps */
#define BLOCKS	8
#define SLOT	3

/* How memory is touched. */
#define HOST_HAS_IT	1u
#define UNCACHED	2u

/* 16 MiB that begin where a block does. */
static char *area(int advice)
{
	size_t size = (BLOCKS + 1) * BLOCK;
	char *found = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (found == MAP_FAILED)
		die("mmap");
	found += -(uintptr_t)found & (BLOCK - 1);
	if (madvise(found, BLOCKS * BLOCK, advice))
		die("madvise");
	return found;
}

/* A slot with nothing of it in stage-2; the host keeps the pages that it has. */
static void slot_anew(struct vm *vm, uint64_t size, char *memory)
{
	vm_slot(vm, SLOT, 0, TOUCH_IPA, 0, NULL);
	vm_slot(vm, SLOT, 0, TOUCH_IPA, size, memory);
}

/* One store after the other, `step` bytes apart; backwards if that is negative. */
static void touch(const char *name, int advice, int64_t step, unsigned int steps,
		  unsigned int how)
{
	uint64_t size = llabs(step) * steps;
	uint64_t first = step < 0 ? TOUCH_IPA + size + step : TOUCH_IPA;
	char *memory = area(advice);
	uint64_t least = UINT64_MAX;
	struct machine m;

	machine_open(&m, 1);
	if (!(how & UNCACHED))
		vm_caches_on(&m.vm);
	vm_slot(&m.vm, SLOT, 0, TOUCH_IPA, size, memory);
	for (int i = -1; i < REPEAT; i++) {
		struct run r;

		slot_anew(&m.vm, size, memory);
		if (how & HOST_HAS_IT)
			for (uint64_t at = 0; at < size; at += llabs(step))
				*(volatile char *)(memory + at) = 1;
		else if (madvise(memory, size, MADV_DONTNEED))
			die("madvise");
		r = run_program(&m.vm, cost_touch, steps, first, step);
		if (i >= 0 && r.ns < least)
			least = r.ns;
	}
	report(name, least, least_ns(&m.vm, cost_empty_touch, steps, first, step),
	       steps);
	machine_close(&m);
	munmap(memory, BLOCKS * BLOCK);
}

/* Neither stage-2 nor the host has the page: the host clears it. */
void row_first_touch(const char *name)
{
	touch(name, MADV_NOHUGEPAGE, PAGE, PAGES, 0);
}

/* The same before the guest has turned its caches on. */
void row_first_touch_uncached(const char *name)
{
	touch(name, MADV_NOHUGEPAGE, PAGE, PAGES, UNCACHED);
}

/* As first-touch, where no page tells which is the next. */
void row_first_touch_scattered(const char *name)
{
	touch(name, MADV_NOHUGEPAGE, -3 * (int64_t)PAGE, PAGES, 0);
}

/* The host has the page, stage-2 has not. */
void row_refault(const char *name)
{
	touch(name, MADV_NOHUGEPAGE, PAGE, PAGES, HOST_HAS_IT);
}

/* A block of 2 MiB, if the host lets transparent huge pages be asked for. */
void row_first_touch_2m(const char *name)
{
	touch(name, MADV_HUGEPAGE, BLOCK, BLOCKS, 0);
}
