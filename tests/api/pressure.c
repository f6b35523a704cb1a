// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure - what a host does to find memory, while a guest looks whether its own
 * is as it left it.
 *
 *   pressure DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * HVK_PAGES is how many pages the guest has (1024). Swap must be on for `page-out`
 * and `cgroup`; HVK_CGROUP is an empty cgroup (version 2) with memory.max set to
 * less than that. The same tests hold on /dev/kvm.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "suite.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25	/* Linux 6.1 */
#endif

#define PAGE	4096ull
#define BLOCK	(2ull << 20)
#define RAM	0x40000000ull

static uint64_t pages, size;
static struct vm vm;
static char *mem;

static void open_guest(void)
{
	char *area = mmap(NULL, size + BLOCK, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (area == MAP_FAILED)
		die("mmap");
	mem = (char *)(((uintptr_t)area + BLOCK - 1) & ~(BLOCK - 1));
	vm_open(&vm, system_fd);
	vm_slot(&vm, 1, 0, RAM, size, mem);
}

static void close_guest(void)
{
	vm_close(&vm);
	munmap(mem, size);
}

/* --- somebody else at work while the guest looks ---------------------------------- */

static volatile bool done;
static volatile unsigned int laps;	/* of the work */

static void *at_work(void *arg)
{
	void (*work)(void) = arg;

	for (; !done; laps++)
		work();
	return NULL;
}

/* The guest's words are right, all the time that `work` goes on. */
static bool looks_right(void (*work)(void))
{
	pthread_t thread;
	struct result r = { OTHER, 0, 0 };

	EXPECT(vm_fill(&vm, RAM, pages), DONE, 0);
	done = false;
	laps = 0;
	CHECK(!pthread_create(&thread, NULL, at_work, work));
	for (int i = 0; i < 5 || laps < 3; i++) {
		r = vm_verify(&vm, RAM, pages, 2);
		if (r.how != DONE || r.value)
			break;
	}
	done = true;
	pthread_join(thread, NULL);
	EXPECT(r, DONE, 0);
	EXPECT(vm_verify(&vm, RAM, pages, 1), DONE, 0);
	return true;
}

/* What the kernel's own file says, or -1. */
static long number_in(const char *path)
{
	FILE *file = fopen(path, "re");
	long value = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

static long field_of(const char *path, const char *name)
{
	FILE *file = fopen(path, "re");
	char line[200];
	long value = -1;

	if (!file)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = strtol(line + strlen(name), NULL, 10);
	fclose(file);
	return value;
}

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok || fail("%s: %s", path, strerror(errno));
}

static void page_out(void)
{
	madvise(mem, size, MADV_PAGEOUT);
}

static bool swapped(void)
{
	long before = field_of("/proc/vmstat", "pswpout ");

	/*
	 * What the guest has used since it was last looked at stays. It stands still
	 * here, so that this takes the access flags first and then the pages.
	 */
	EXPECT(vm_fill(&vm, RAM, pages), DONE, 0);
	for (int i = 0; i < 20 && field_of("/proc/vmstat", "pswpout ") <= before; i++)
		page_out();
	CHECK(field_of("/proc/vmstat", "pswpout ") > before);
	EXPECT(vm_verify(&vm, RAM, pages, 1), DONE, 0);
	return looks_right(page_out);
}

/* In a cgroup that has less memory than the guest: it swaps all the time. */
static bool larger_than_memory(void)
{
	const char *group = getenv("HVK_CGROUP");
	char procs[200], pid[16];
	long before = field_of("/proc/vmstat", "pswpin ");
	bool ok;

	CHECK(group);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", group);
	snprintf(pid, sizeof(pid), "%d", getpid());
	if (!put(procs, pid))
		return false;
	EXPECT(vm_fill(&vm, RAM, pages), DONE, 0);
	EXPECT(vm_verify(&vm, RAM, pages, 2), DONE, 0);
	ok = field_of("/proc/vmstat", "pswpin ") > before;
	close_guest();
	open_guest();	/* before the next test, and outside */
	snprintf(procs, sizeof(procs), "%s/../cgroup.procs", group);
	return put(procs, pid) && (ok || fail("nothing was swapped"));
}

/*
 * More memory than the host has, a part of it always in compressed swap. Where
 * there is less swap than memory (all hosts but the small one that
 * tests/system/larger-than-host boots), there is nothing to see.
 */
static bool larger_than_host(void)
{
	uint64_t usual = pages;
	long before = field_of("/proc/vmstat", "pswpin ");
	long total = field_of("/proc/meminfo", "MemTotal:");	/* KiB */
	bool ok;

	if (field_of("/proc/meminfo", "SwapFree:") < total)
		return true;
	close_guest();
	pages = total / 4 * 9 / 8;
	size = pages * PAGE;
	open_guest();
	printf("a guest with %llu MiB on a host with %ld\n",
	       (unsigned long long)size >> 20, total >> 10);
	EXPECT(vm_fill(&vm, RAM, pages), DONE, 0);
	EXPECT(vm_verify(&vm, RAM, pages, 1), DONE, 0);
	ok = field_of("/proc/vmstat", "pswpin ") > before;
	close_guest();
	pages = usual;
	size = pages * PAGE;
	open_guest();
	return ok || fail("nothing was swapped");
}

static void nothing(void)
{
	usleep(1000);
}

/* Half of the pages are alike, and become one; then the guest writes to them. */
static bool same_pages(void)
{
	long scans = number_in("/sys/kernel/mm/ksm/full_scans"), merged = 0;

	EXPECT(vm_fill(&vm, RAM, pages), DONE, 0);
	for (uint64_t at = 0; at < size / 2; at += PAGE)
		memset(mem + at, 0x55, PAGE);
	CHECK(!madvise(mem, size, MADV_MERGEABLE));
	put("/sys/kernel/mm/ksm/pages_to_scan", "100000");
	put("/sys/kernel/mm/ksm/sleep_millisecs", "1");
	if (!put("/sys/kernel/mm/ksm/run", "1"))
		return false;
	/*
	 * The first scan takes checksums, and the next ones merge what did not change
	 * since. How long they take depends on the machine.
	 */
	while (merged < (long)(pages / 4) &&
	       number_in("/sys/kernel/mm/ksm/full_scans") < scans + 10) {
		EXPECT(vm_verify(&vm, RAM + size / 2, pages / 2, 1), DONE, 0);
		merged = number_in("/sys/kernel/mm/ksm/pages_sharing");
	}
	CHECK(merged >= (long)(pages / 4));
	/* Each write makes a page of the guest's own again. */
	if (!looks_right(nothing))
		return false;
	CHECK(!madvise(mem, size, MADV_UNMERGEABLE));
	EXPECT(vm_verify(&vm, RAM, pages, 1), DONE, 0);
	return put("/sys/kernel/mm/ksm/run", "0");
}

/* Huge pages made of small ones, and the other way round. */
static void split_and_collapse(void)
{
	for (uint64_t at = 0; at < size && !done; at += BLOCK) {
		madvise(mem + at, BLOCK, MADV_COLLAPSE);
		mprotect(mem + at, PAGE, PROT_READ);
		mprotect(mem + at, PAGE, PROT_READ | PROT_WRITE);
		madvise(mem + at + 7 * PAGE, PAGE, MADV_PAGEOUT);
	}
}

static bool huge_pages(void)
{
	long before = field_of("/proc/vmstat", "thp_split_pmd ");

	madvise(mem, size, MADV_HUGEPAGE);
	if (!looks_right(split_and_collapse))
		return false;
	CHECK(field_of("/proc/vmstat", "thp_split_pmd ") > before);
	return true;
}

/* --- memory that goes ----------------------------------------------------------------- */

static int memory_file;

static void *truncate_soon(void *unused)
{
	usleep(20000);
	if (ftruncate(memory_file, size / 2))
		die("ftruncate");
	return unused;
}

/* Its file is cut under the running guest: a clear error, and no harm to the rest. */
static bool truncated(void)
{
	pthread_t thread;
	struct result r;
	char *file;

	memory_file = memfd_create("guest", MFD_CLOEXEC);
	CHECK(memory_file >= 0 && !ftruncate(memory_file, size));
	file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory_file, 0);
	CHECK(file != MAP_FAILED);
	vm_slot(&vm, 2, 0, RAM + size, size, file);
	EXPECT(vm_fill(&vm, RAM + size, pages), DONE, 0);
	CHECK(!pthread_create(&thread, NULL, truncate_soon, NULL));
	r = vm_verify(&vm, RAM + size, pages, 1000000);
	pthread_join(thread, NULL);
	EXPECT(r, ERROR, EFAULT);
	EXPECT(vm_verify(&vm, RAM + size, pages / 2, 1), DONE, 0);
	munmap(file, size);
	close(memory_file);
	return true;
}

static bool discarded(void)
{
	EXPECT(vm_fill(&vm, RAM, pages), DONE, 0);
	CHECK(!madvise(mem, size / 2, MADV_DONTNEED));
	EXPECT(vm_verify(&vm, RAM, pages / 2, 1), DONE, pages / 2);
	EXPECT(vm_verify(&vm, RAM + size / 2, pages / 2, 1), DONE, 0);
	return true;
}

static const struct test tests[] = {
	{ "page-out", swapped },
	{ "cgroup", larger_than_memory },
	{ "host", larger_than_host },
	{ "same-pages", same_pages },
	{ "huge-pages", huge_pages },
	{ "truncated", truncated },
	{ "discarded", discarded },
};

int main(int argc, char **argv)
{
	const char *text = getenv("HVK_PAGES");

	pages = text ? strtoull(text, NULL, 10) : 1024;
	size = pages * PAGE;
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  open_guest, close_guest);
}
