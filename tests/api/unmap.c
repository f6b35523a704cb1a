// SPDX-License-Identifier: GPL-2.0-only
/*
 * unmap - what it costs the host to take memory back that a guest has mapped.
 *
 *   unmap DEVICE
 *
 * Ticks of the counter for one madvise(MADV_DONTNEED), the mean of ROUNDS: of memory
 * that no VM has, and of the same amount that one has mapped; the difference is
 * what the MMU notifier adds. For counting (images/lab --icount: a tick is 16
 * instructions): docs/performance.md has the figures.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "uapi/hvk.h"
#include "vm.h"

#define ROUNDS		32
#define BLOCK		(2ull << 20)
#define IPA		0x40000000ull
#define HUGE_AT		0x100000000ull	/* aligned as IPA is: blocks fit */

static const struct kind {
	const char *name;
	uint64_t size;
	int advice;
} kinds[] = {
	{ "a page of 4 KiB", 4096, MADV_NOHUGEPAGE },
	{ "2 MiB in pages", BLOCK, MADV_NOHUGEPAGE },
	{ "2 MiB in a block", BLOCK, MADV_HUGEPAGE },
};

static uint64_t ticks(void)
{
	uint64_t now;

	asm volatile("isb\n mrs %0, cntvct_el0" : "=r"(now) : : "memory");
	return now;
}

/* The mean of ROUNDS; `fd`: a VM that maps the memory, or -1. */
static uint64_t measure(int fd, const struct kind *k, char *memory)
{
	uint64_t sum = 0, start;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct hvk_prefault all = { .ipa = IPA, .size = k->size };

		for (uint64_t offset = 0; offset < k->size; offset += 4096)
			*(volatile char *)(memory + offset) = 1;
		if (fd >= 0 && ioctl(fd, HVK_PREFAULT, &all))
			die("HVK_PREFAULT");
		start = ticks();
		if (madvise(memory, k->size, MADV_DONTNEED))
			die("MADV_DONTNEED");
		sum += ticks() - start;
	}
	return sum / ROUNDS;
}

int main(int argc, char **argv)
{
	int system_fd = argc == 2 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;

	if (system_fd < 0) {
		fprintf(stderr, "usage: unmap DEVICE\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char *memory = mmap((void *)HUGE_AT, BLOCK, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		uint64_t alone, mapped;
		struct vm vm;

		if (memory == MAP_FAILED || madvise(memory, BLOCK, kinds[i].advice))
			die("memory");
		alone = measure(-1, &kinds[i], memory);
		vm_open(&vm, system_fd);
		vm_slot(&vm, 1, 0, IPA, BLOCK, memory);
		mapped = measure(vm.fd, &kinds[i], memory);
		printf("%-16s alone %llu ticks, mapped %llu, by the notifier %llu instructions\n",
		       kinds[i].name, (unsigned long long)alone, (unsigned long long)mapped,
		       (unsigned long long)(mapped - alone) * 16);
		vm_close(&vm);
		munmap(memory, BLOCK);
	}
	return 0;
}
