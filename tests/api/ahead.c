// SPDX-License-Identifier: GPL-2.0-only
/*
 * ahead - a guest that touches its memory page by page: what the VMM's process then has
 * of it, and what it must not have. The module may make pages before the guest asks for
 * them; nobody may lose by that.
 *
 *   ahead DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm, which makes no page ahead. The guest's caches are on:
 * else hvk makes none either.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahead.h"

struct vm vm;
char *mem;

void slot(char *memory, unsigned int flags, unsigned int pages)
{
	vm_slot(&vm, 1, flags, RAM, pages * PAGE, memory);
}

bool store(unsigned int page)
{
	EXPECT(vm_store(&vm, RAM + page * PAGE, page + 1), DONE, page + 1);
	return true;
}

void entries(const char *memory, unsigned int pages, uint64_t *found)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	off_t at = (uintptr_t)memory / PAGE * sizeof(found[0]);

	if (fd < 0 || pread(fd, found, pages * sizeof(found[0]), at) !=
	    (ssize_t)(pages * sizeof(found[0])))
		die("/proc/self/pagemap");
	close(fd);
}

unsigned int present(const char *memory, unsigned int pages)
{
	uint64_t found[PAGES];
	unsigned int nr = 0;

	entries(memory, pages, found);
	for (unsigned int i = 0; i < pages; i++)
		nr += found[i] >> 63;
	return nr;
}

bool only_touched(const char *memory, unsigned int pages)
{
	for (unsigned int page = 0; page < pages; page++) {
		SHOULD(store(page));
		CHECK(present(memory, PAGES) == page + 1);
	}
	return true;
}

/*
 * Something comes ahead, at most as much again as was touched, and never what lies behind
 * the slot.
 */
static bool sequence(void)
{
	const unsigned int pages = PAGES - 3;
	bool ahead = false;

	slot(mem, 0, pages);
	for (unsigned int page = 0; page < pages; page++) {
		unsigned int found;

		SHOULD(store(page));
		found = present(mem, PAGES);
		if (found < page + 1 || found > 2 * (page + 1))
			return fail("%u pages there, %u touched", found, page + 1);
		ahead = ahead || found > page + 1;
	}
	CHECK(ahead == on_hvk());
	CHECK(present(mem, PAGES) == pages);
	for (unsigned int page = 0; page < pages; page++)
		EXPECT(vm_load(&vm, RAM + page * PAGE), DONE, page + 1);
	return true;
}

/*
 * A guest with its caches off, or that walks no tables: it reads what the VMM wrote, which is
 * cleaned to the PoC when a page is mapped, and so not before the guest wants it.
 */
static bool uncached(void)
{
	static const uint64_t off[] = { SCTLR_M | SCTLR_C, SCTLR_C, SCTLR_M };
	uint64_t on = vm_get_reg(&vm, REG_SCTLR_EL1);

	for (unsigned int i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		/* Without its slot no page is the guest's, also where they are pinned. */
		if (i > 0)
			slot(mem, 0, 0);
		if (madvise(mem, SIZE, MADV_DONTNEED))
			die("madvise");
		slot(mem, 0, PAGES);
		vm_set_reg(&vm, REG_SCTLR_EL1, on & ~off[i]);
		SHOULD(only_touched(mem, 64));
	}
	return true;
}

/* Backwards, and in steps of two. */
static bool scattered(void)
{
	slot(mem, 0, PAGES);
	for (unsigned int page = PAGES; page-- > PAGES / 2;)
		SHOULD(store(page));
	CHECK(present(mem, PAGES) == PAGES / 2);
	for (unsigned int page = 0; page < PAGES / 2; page += 2)
		SHOULD(store(page));
	CHECK(present(mem, PAGES) == PAGES / 2 + PAGES / 4);
	return true;
}

/* Reading makes no pages at all ahead; what it finds is zero, also after a write beside. */
static bool reading(void)
{
	slot(mem, 0, PAGES);
	for (unsigned int page = 0; page < PAGES; page++) {
		EXPECT(vm_load(&vm, RAM + page * PAGE), DONE, 0);
		CHECK(present(mem, PAGES) == page + 1);
	}
	for (unsigned int page = 0; page < PAGES; page++)
		SHOULD(store(page));
	for (unsigned int page = 0; page < PAGES; page++)
		EXPECT(vm_load(&vm, RAM + page * PAGE), DONE, page + 1);
	return true;
}

/* Pages that the process has already are the guest's as they are. */
static bool there_already(void)
{
	for (unsigned int page = 0; page < PAGES; page++)
		memset(mem + page * PAGE, page, PAGE);
	slot(mem, 0, PAGES);
	for (unsigned int page = 0; page < PAGES; page++)
		EXPECT(vm_load(&vm, RAM + page * PAGE), DONE,
		       page * 0x0101010101010101ull);
	for (unsigned int page = 0; page < PAGES; page++)
		SHOULD(store(page));
	for (unsigned int page = 0; page < PAGES; page++)
		CHECK(*(volatile uint64_t *)(mem + page * PAGE) == page + 1);
	return true;
}

/* The slot's pages 20 to 23 are nobody's, or the VMM's alone. */
static bool neighbour(bool unmapped)
{
	if (unmapped ? munmap(mem + 20 * PAGE, 4 * PAGE) :
		       mprotect(mem + 20 * PAGE, 4 * PAGE, PROT_NONE))
		die("munmap or mprotect");
	slot(mem, 0, PAGES);
	for (unsigned int page = 0; page < 20; page++)
		SHOULD(store(page));
	CHECK(present(mem, 20) == 20);
	CHECK(!present(mem + 20 * PAGE, PAGES - 20));
	EXPECT(vm_store(&vm, RAM + 20 * PAGE, 1), ERROR, EFAULT);
	CHECK(!present(mem + 20 * PAGE, PAGES - 20));
	return true;
}

static bool unmapped_neighbour(void)
{
	return neighbour(true);
}

static bool protected_neighbour(void)
{
	return neighbour(false);
}

static bool read_only_slot(void)
{
	slot(mem, KVM_MEM_READONLY, PAGES);
	for (unsigned int page = 0; page < PAGES; page++) {
		EXPECT(vm_load(&vm, RAM + page * PAGE), DONE, 0);
		CHECK(present(mem, PAGES) == page + 1);
	}
	EXPECT(vm_store(&vm, RAM, 1), MMIO_WRITE, 1);
	return true;
}

/* Only what the guest wrote is in the log, and only that is there. */
static bool logged(void)
{
	uint64_t bits[PAGES / 64] = {};
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = bits };

	slot(mem, KVM_MEM_LOG_DIRTY_PAGES, PAGES);
	SHOULD(only_touched(mem, 64));
	if (ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log))
		die("KVM_GET_DIRTY_LOG");
	CHECK(bits[0] == UINT64_MAX && !bits[1] && !bits[2] && !bits[3]);
	return true;
}

/* A file has pages, and gets them written back, only where the guest wrote. */
static bool file(void)
{
	int fd = memfd_create("ahead", MFD_CLOEXEC);
	struct stat info;
	char *shared;

	if (fd < 0 || ftruncate(fd, SIZE))
		die("memfd_create");
	shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	slot(shared, 0, PAGES);
	for (unsigned int page = 0; page < 64; page++) {
		SHOULD(store(page));
		if (fstat(fd, &info))
			die("fstat");
		CHECK(info.st_blocks * 512ull == (page + 1) * PAGE);
	}
	munmap(shared, SIZE);
	close(fd);
	return true;
}

/* A VMM that said what the guest will do, or that locks what it touches. */
static bool advised(void)
{
	if (madvise(mem, SIZE, MADV_RANDOM))
		die("madvise");
	slot(mem, 0, PAGES);
	return only_touched(mem, 64);
}

static bool locked_on_fault(void)
{
	if (mlock2(mem, SIZE, MLOCK_ONFAULT))
		die("mlock2");
	slot(mem, 0, PAGES);
	return only_touched(mem, 64);
}

static const struct test tests[] = {
	{ "sequence", sequence },
	{ "uncached", uncached },
	{ "scattered", scattered },
	{ "reading", reading },
	{ "there-already", there_already },
	{ "unmapped-neighbour", unmapped_neighbour },
	{ "protected-neighbour", protected_neighbour },
	{ "read-only-slot", read_only_slot },
	{ "logged", logged },
	{ "file", file },
	{ "advised", advised },
	{ "locked-on-fault", locked_on_fault },
	{ "taken-back", taken_back },
	{ "taken-back-in-a-race", taken_back_in_a_race },
	{ "zero-pages", zero_pages },
	{ "a-childs-pages", a_childs_pages },
	{ "merged-pages", merged_pages },
	{ "misaligned", misaligned },
	{ "fetched", fetched },
	{ "write-protected", write_protected },
	{ "limited", limited },
	{ "limited-above", limited_above },
	{ "throttled", throttled },
	{ "hardly-limited", hardly_limited },
};

static void before(void)
{
	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED || madvise(mem, SIZE, MADV_NOHUGEPAGE))
		die("mmap");
	vm_open(&vm, system_fd);
	vm_caches_on(&vm);
}

static void after(void)
{
	vm_close(&vm);
	munmap(mem, SIZE);
}

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  before, after);
}
