// SPDX-License-Identifier: GPL-2.0-only
/*
 * notifier - what it costs a VMM that the host takes a page of its memory back, in
 * nanoseconds: instructions, in a lab that counts them. By tests/system/bench.
 *
 *   notifier DEVICE	"bench WHAT NANOSECONDS" a line
 *
 * "outside": the page is nobody's; "inside": it is mapped for the guest, at as many
 * IPAs as are said. "no-vm": what the host does by itself. "slot": a region of one
 * page is made and deleted.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "vm.h"

#define PAGE	4096ull
#define RAM	0x40000000ull
#define MOST	32767	/* regions, the code's included */
#define REPEAT	31

static char *area;	/* MOST pages, and one that is nobody's */
static int system_fd;

static uint64_t ipa_of(unsigned int slot)
{
	return RAM + 2 * slot * PAGE;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The median; each time the page is touched before, and by `aliases` regions. */
static void measure(const char *what, struct vm *vm, char *page,
		    unsigned int aliases)
{
	uint64_t took[REPEAT];

	for (int i = 0; i < REPEAT; i++) {
		*(volatile char *)page = 1;
		for (unsigned int slot = 1; slot <= aliases; slot++)
			if (vm_store(vm, ipa_of(slot), 1).how != DONE)
				die("the guest's store");
		took[i] = now_ns();
		if (madvise(page, PAGE, MADV_DONTNEED))
			die("madvise");
		took[i] = now_ns() - took[i];
	}
	qsort(took, REPEAT, sizeof(took[0]), by_size);
	printf("bench %s %llu\n", what, (unsigned long long)took[REPEAT / 2]);
	fflush(stdout);
}

static void measure_slot(const char *what, struct vm *vm, unsigned int slot)
{
	uint64_t took[REPEAT];

	for (int i = 0; i < REPEAT; i++) {
		vm_slot(vm, slot, 0, 0, 0, NULL);
		took[i] = now_ns();
		vm_slot(vm, slot, 0, ipa_of(slot), PAGE, area + slot * PAGE);
		took[i] = now_ns() - took[i];
	}
	qsort(took, REPEAT, sizeof(took[0]), by_size);
	printf("bench %s %llu\n", what, (unsigned long long)took[REPEAT / 2]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char *outside;
	struct vm vm;

	if (argc != 2) {
		fprintf(stderr, "usage: notifier DEVICE\n");
		return 2;
	}
	system_fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (system_fd < 0)
		die(argv[1]);
	area = mmap(NULL, (MOST + 1) * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	outside = area + MOST * PAGE;
	measure("notifier-no-vm", NULL, outside, 0);

	vm_open(&vm, system_fd);
	vm_slot(&vm, 1, 0, ipa_of(1), PAGE, area + PAGE);
	measure("notifier-outside", &vm, outside, 0);
	measure("notifier-inside", &vm, area + PAGE, 1);
	measure_slot("slot", &vm, 1);
	vm_slot(&vm, 1, 0, 0, 0, NULL);
	for (unsigned int slot = 1; slot <= 64; slot++)
		vm_slot(&vm, slot, 0, ipa_of(slot), PAGE, area + PAGE);
	measure("notifier-inside-64", &vm, area + PAGE, 64);
	for (unsigned int slot = 1; slot <= 64; slot++)
		vm_slot(&vm, slot, 0, 0, 0, NULL);

	for (unsigned int slot = 1; slot < MOST; slot++)
		vm_slot(&vm, slot, 0, ipa_of(slot), PAGE, area + slot * PAGE);
	measure("notifier-outside-32767", &vm, outside, 0);
	measure("notifier-inside-32767", &vm, area + PAGE, 1);
	measure_slot("slot-32767", &vm, MOST / 2);
	return 0;
}
