// SPDX-License-Identifier: GPL-2.0-only
/*
 * ahead.c's tests of what the host does to pages that came ahead of the guest, and of pages
 * that the host has and that nothing ahead may replace.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ahead.h"

/* The word at the start of a page of mem, or beside that; others write it too. */
static volatile uint64_t *word(unsigned int page, unsigned int nr)
{
	return (volatile uint64_t *)(mem + page * PAGE) + nr;
}

/* --- the host takes pages back ------------------------------------------------------ */

/* Faults at 0, 1, and 3: the last one brings in 4, 5, and 6 on /dev/hvk. */
static bool touch_sequence(void)
{
	SHOULD(store(0));
	SHOULD(store(1));
	SHOULD(store(3));
	CHECK(present(mem + 4 * PAGE, 3) == (on_hvk() ? 3 : 0));
	return true;
}

/* What the guest has never touched, and the host takes back, is gone for the guest too. */
bool taken_back(void)
{
	slot(mem, 0, PAGES);
	SHOULD(touch_sequence());
	if (madvise(mem + 5 * PAGE, PAGE, MADV_DONTNEED))
		die("madvise");
	*word(5, 0) = 0x55;
	EXPECT(vm_load(&vm, RAM + 5 * PAGE), DONE, 0x55);
	/* Another page in place of one that has a value, and that the guest has not read. */
	*word(4, 0) = 0x44;
	if (madvise(mem + 4 * PAGE, PAGE, MADV_DONTNEED))
		die("madvise");
	EXPECT(vm_load(&vm, RAM + 4 * PAGE), DONE, 0);
	/* Other memory at that address. */
	if (mmap(mem + 6 * PAGE, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		die("mmap");
	*word(6, 0) = 0x66;
	EXPECT(vm_load(&vm, RAM + 6 * PAGE), DONE, 0x66);
	/* And the guest's writes are the process's. */
	for (unsigned int page = 4; page < 7; page++) {
		SHOULD(store(page));
		CHECK(*word(page, 0) == page + 1);
	}
	return true;
}

#define RACED	64u	/* pages of a round */
#define ROUNDS	12

static pthread_barrier_t begins, ends;
static bool guest_done;			/* of this round; atomic */
static uint64_t written[RACED];		/* what the thread wrote last, in this round */

/* Takes back pages in an order of its own, and writes beside where the guest writes. */
static void *take_back(void *unused)
{
	uint64_t mark = 0;
	unsigned int page = 0;

	(void)unused;
	for (int round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(&begins);
		do {
			page = (page + 7) % RACED;
			if (madvise(mem + page * PAGE, PAGE, MADV_DONTNEED))
				die("madvise");
			written[page] = ++mark;
			*word(page, 1) = mark;
		} while (!__atomic_load_n(&guest_done, __ATOMIC_ACQUIRE));
		pthread_barrier_wait(&ends);
	}
	return NULL;
}

/* Guest and process see the same pages, whatever was taken back while the guest ran. */
static bool same_memory(void)
{
	for (unsigned int page = 0; page < RACED; page++) {
		uint64_t ipa = RAM + page * PAGE;

		CHECK(*word(page, 1) == written[page]);
		EXPECT(vm_load(&vm, ipa), DONE, *word(page, 0));
		EXPECT(vm_load(&vm, ipa + 8), DONE, written[page]);
	}
	return true;
}

bool taken_back_in_a_race(void)
{
	pthread_t thread;
	bool ok = true;

	slot(mem, 0, PAGES);
	pthread_barrier_init(&begins, NULL, 2);
	pthread_barrier_init(&ends, NULL, 2);
	if (pthread_create(&thread, NULL, take_back, NULL))
		die("pthread_create");
	for (int round = 0; round < ROUNDS; round++) {
		struct result r;

		if (madvise(mem, RACED * PAGE, MADV_DONTNEED))
			die("madvise");
		memset(written, 0, sizeof(written));
		__atomic_store_n(&guest_done, false, __ATOMIC_RELEASE);
		pthread_barrier_wait(&begins);
		r = vm_fill(&vm, RAM, RACED);
		__atomic_store_n(&guest_done, true, __ATOMIC_RELEASE);
		pthread_barrier_wait(&ends);
		ok = ok && expect(__LINE__, r, DONE, 0) && same_memory();
	}
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&begins);
	pthread_barrier_destroy(&ends);
	return ok;
}

/* --- pages that the host has -------------------------------------------------------- */

/* Two of them, where the fault at 7 brings in up to 14. */
#define KEPT	12u
#define KEPT_NR	2u

/* The guest comes near; they are still what they were, until it writes to them. */
static bool kept(uint64_t value)
{
	uint64_t before[KEPT_NR], after[KEPT_NR];

	entries(mem + KEPT * PAGE, KEPT_NR, before);
	slot(mem, 0, PAGES);
	for (unsigned int page = 0; page < 8; page++)
		SHOULD(store(page));
	CHECK(present(mem + 8 * PAGE, KEPT - 8) == (on_hvk() ? KEPT - 8 : 0));
	entries(mem + KEPT * PAGE, KEPT_NR, after);
	CHECK(before[0] >> 63 && before[1] >> 63);
	CHECK(!memcmp(before, after, sizeof(before)));
	for (unsigned int page = KEPT; page < KEPT + KEPT_NR; page++)
		EXPECT(vm_load(&vm, RAM + page * PAGE), DONE, value);
	for (unsigned int page = 8; page < 32; page++)
		SHOULD(store(page));
	for (unsigned int page = 0; page < 32; page++)
		CHECK(*word(page, 0) == page + 1);
	return true;
}

/* The VMM has read them: the host has its page of zeroes there. */
bool zero_pages(void)
{
	for (unsigned int page = KEPT; page < KEPT + KEPT_NR; page++)
		CHECK(*word(page, 0) == 0);
	return kept(0);
}

/* A child that lives on has the same pages until somebody writes. */
bool a_childs_pages(void)
{
	int ends_pipe[2], status;
	char byte;
	pid_t pid;
	bool ok;

	for (unsigned int page = KEPT; page < KEPT + KEPT_NR; page++)
		*word(page, 0) = 0x77;
	if (pipe(ends_pipe))
		die("pipe");
	pid = fork();
	if (!pid) {
		close(ends_pipe[1]);
		if (read(ends_pipe[0], &byte, 1))
			_exit(2);
		_exit(*word(KEPT, 0) != 0x77 || *word(KEPT + 1, 0) != 0x77);
	}
	ok = pid > 0 && kept(0x77);
	close(ends_pipe[0]);
	close(ends_pipe[1]);
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	SHOULD(ok);
	CHECK(status == 0);
	return true;
}

#define KSM	"/sys/kernel/mm/ksm/"

/* Writes a setting of the host; `old`, if there is one, gets what it was. */
static void set(const char *path, const char *text, char *old, size_t size)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	ssize_t n = fd >= 0 && old ? read(fd, old, size - 1) : 0;

	if (old)
		old[n > 0 ? n : 0] = 0;
	if (fd < 0 || n < 0 || pwrite(fd, text, strlen(text), 0) < 0)
		die(path);
	close(fd);
}

/* Two pages of the same content, which the host has merged into one. */
static bool merge(void)
{
	uint64_t found[KEPT_NR];
	unsigned int tries = 0;

	if (madvise(mem + KEPT * PAGE, KEPT_NR * PAGE, MADV_MERGEABLE))
		die("MADV_MERGEABLE");
	for (unsigned int page = KEPT; page < KEPT + KEPT_NR; page++)
		memset(mem + page * PAGE, 0x3c, PAGE);
	do {
		if (tries++ == 10000)
			return fail("the host does not merge pages");
		poll(NULL, 0, 1);
		entries(mem + KEPT * PAGE, KEPT_NR, found);
	} while (found[0] != found[1]);
	/* The same advice as its neighbours': one mapping, so that nothing ends at it. */
	if (madvise(mem, SIZE, MADV_MERGEABLE))
		die("MADV_MERGEABLE");
	return true;
}

bool merged_pages(void)
{
	char run[8], scan[16], wait[16];
	bool ok;

	if (access(KSM "run", W_OK))
		return true;
	set(KSM "pages_to_scan", "10000", scan, sizeof(scan));
	set(KSM "sleep_millisecs", "1", wait, sizeof(wait));
	set(KSM "run", "1", run, sizeof(run));
	ok = merge() && kept(0x3c3c3c3c3c3c3c3c);
	set(KSM "run", run, NULL, 0);
	set(KSM "sleep_millisecs", wait, NULL, 0);
	set(KSM "pages_to_scan", scan, NULL, 0);
	return ok;
}

/* --- huge pages --------------------------------------------------------------------- */

#define BLOCK		(2ull << 20)
#define HUGE_PAGES	"/sys/kernel/mm/transparent_hugepage/enabled"
#define COLLAPSE	"/sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none"
#define TAIL		20u	/* pages of the slot before the host's block ends */

/* Small pages up to the end of one of the host's blocks, a huge one from there on. */
static bool crosses(char *block)
{
	char *memory = block - TAIL * PAGE;
	unsigned int found;

	slot(memory, 0, 2 * TAIL);
	/* The fault at 15 would bring in up to 30. */
	for (unsigned int page = 0; page < 16; page++)
		SHOULD(store(page));
	found = present(memory, TAIL);
	if (found != (on_hvk() ? TAIL : 16))
		return fail("%u of the block's last pages are there", found);
	CHECK(!present(block, PAGES));
	for (unsigned int page = 16; page <= TAIL; page++)
		SHOULD(store(page));
	/* It was no lack of huge pages. */
	CHECK(present(block, PAGES) == PAGES);
	for (unsigned int page = 0; page <= TAIL; page++)
		EXPECT(vm_load(&vm, RAM + page * PAGE), DONE, page + 1);
	return true;
}

/*
 * A slot whose blocks are not the host's: a guest whose sequence comes near the end of the
 * host's block does not get the next one as a huge page that nobody has touched.
 */
bool misaligned(void)
{
	char enabled[64], none[16], *area, *first;
	const char *was;
	bool ok;

	if (access(HUGE_PAGES, W_OK))
		return true;
	area = mmap(NULL, 3 * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	first = area + (-(uintptr_t)area & (BLOCK - 1));
	/* A small page in the first block: the others of it are small ones, and stay so. */
	set(COLLAPSE, "0", none, sizeof(none));
	if (madvise(area, 3 * BLOCK, MADV_NOHUGEPAGE))
		die("madvise");
	*(volatile char *)first = 1;
	if (madvise(area, 3 * BLOCK, MADV_HUGEPAGE))
		die("madvise");
	set(HUGE_PAGES, "madvise", enabled, sizeof(enabled));
	ok = crosses(first + BLOCK);
	was = strstr(enabled, "[never]") ? "never" : strstr(enabled, "[always]") ? "always" : "madvise";
	set(HUGE_PAGES, was, NULL, 0);
	set(COLLAPSE, none, NULL, 0);
	munmap(area, 3 * BLOCK);
	return ok;
}
