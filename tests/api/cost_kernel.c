// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost.c's row about the kernel's memory, in KiB: what one more VM takes of it, module and
 * kernel together, whether pages, slabs or per-CPU memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cost.h"
#include "suite.h"

#define GROUP	64	/* VMs between two looks */
#define GROUPS	5
#define VMS	(GROUP * GROUPS)
#define PAGE_KIB 4

/* The sum of all numbers that follow `key` at the beginning of a line. */
static uint64_t sum_of(const char *path, const char *key)
{
	FILE *file = fopen(path, "r");
	char line[256];
	uint64_t sum = 0;

	if (!file)
		die(path);
	while (fgets(line, sizeof(line), file)) {
		char *word = line + strspn(line, " ");

		if (!strncmp(word, key, strlen(key)))
			sum += strtoull(word + strlen(key), NULL, 10);
	}
	fclose(file);
	return sum;
}

/*
 * What is not free, less what this program has for itself: its memory, which is the guests'
 * too, and the page tables of that. Pages that the allocator holds ready for a CPU are free,
 * though MemFree does not have them, and what a CPU has counted is added up first: thus no
 * page is missing.
 */
static uint64_t taken_kib(void)
{
	static uint64_t all;
	uint64_t pages;

	if (!all)
		all = sum_of("/proc/zoneinfo", "managed");
	sum_of("/proc/sys/vm/stat_refresh", "");
	pages = all - sum_of("/proc/zoneinfo", "nr_free_pages") -
		sum_of("/proc/zoneinfo", "count:");
	return pages * PAGE_KIB - sum_of("/proc/self/smaps_rollup", "Anonymous:") -
	       sum_of("/proc/self/status", "VmPTE:");
}

/*
 * A VM has a vCPU, an interrupt controller and a region of memory, and has run. The median
 * of groups that are opened one after the other: the first one also takes what the slabs
 * had left, and nothing is closed meanwhile, which the kernel might free only later.
 */
void row_module_memory(const char *name)
{
	static struct vm vms[VMS];
	static int gics[VMS];
	uint64_t grown[GROUPS], before = taken_kib();

	for (unsigned int i = 0; i < VMS; i++) {
		vm_open(&vms[i], system_fd);
		gics[i] = vm_gic(&vms[i], GICD, GICC);
		if (vm_load(&vms[i], CODE_IPA).how != DONE)
			die("the guest's load");
		if (i % GROUP == GROUP - 1) {
			uint64_t now = taken_kib();

			grown[i / GROUP] = now - before;
			before = now;
		}
	}
	report(name, median(grown, GROUPS), 0, GROUP);
	for (unsigned int i = 0; i < VMS; i++) {
		close(gics[i]);
		vm_close(&vms[i]);
	}
}
