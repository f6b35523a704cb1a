// SPDX-License-Identifier: GPL-2.0-only
/*
 * ahead - a guest that touches its memory page by page: what the VMM's process then has
 * of it, and what it must not have. The module may make pages before the guest asks for
 * them; nobody may lose by that.
 *
 *   ahead DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm, which makes no page ahead.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define PAGE	4096ull
#define RAM	0x40000000ull
#define PAGES	256u
#define SIZE	(PAGES * PAGE)
#define LIMITED	40u	/* pages; what a cgroup of 1 MiB has room for beside all else */

/* What a test is given: a VM, and memory that nobody has touched and no slot has. */
static struct vm vm;
static char *mem;

static void slot(char *memory, unsigned int flags, unsigned int pages)
{
	vm_slot(&vm, 1, flags, RAM, pages * PAGE, memory);
}

static bool store(unsigned int page)
{
	EXPECT(vm_store(&vm, RAM + page * PAGE, page + 1), DONE, page + 1);
	return true;
}

/* Pages that the process has of the memory, from its first one on. */
static unsigned int present(const char *memory, unsigned int pages)
{
	uint64_t entries[PAGES];
	unsigned int found = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	off_t at = (uintptr_t)memory / PAGE * sizeof(entries[0]);

	if (fd < 0 || pread(fd, entries, pages * sizeof(entries[0]), at) !=
	    (ssize_t)(pages * sizeof(entries[0])))
		die("/proc/self/pagemap");
	close(fd);
	for (unsigned int i = 0; i < pages; i++)
		found += entries[i] >> 63;
	return found;
}

/* Touches pages one after the other; each time only these are there. */
static bool only_touched(const char *memory, unsigned int pages)
{
	for (unsigned int page = 0; page < pages; page++) {
		SHOULD(store(page));
		CHECK(present(memory, PAGES) == page + 1);
	}
	return true;
}

/* At most as much again as was touched, and never what lies behind the slot. */
static bool sequence(void)
{
	const unsigned int pages = PAGES - 3;

	slot(mem, 0, pages);
	for (unsigned int page = 0; page < pages; page++) {
		unsigned int found;

		SHOULD(store(page));
		found = present(mem, PAGES);
		if (found < page + 1 || found > 2 * (page + 1))
			return fail("%u pages there, %u touched", found, page + 1);
	}
	CHECK(present(mem, PAGES) == pages);
	for (unsigned int page = 0; page < pages; page++)
		EXPECT(vm_load(&vm, RAM + page * PAGE), DONE, page + 1);
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

/* --- a userfaultfd ------------------------------------------------------------------ */

static int uffd;
static unsigned int asked[PAGES];

/* Answers each fault with a page of zeroes. */
static void *answer(void *unused)
{
	struct uffd_msg message;

	(void)unused;
	while (read(uffd, &message, sizeof(message)) == sizeof(message)) {
		struct uffdio_zeropage page = {
			.range.start = message.arg.pagefault.address & -PAGE,
			.range.len = PAGE,
		};

		asked[(page.range.start - (uintptr_t)mem) / PAGE]++;
		if (ioctl(uffd, UFFDIO_ZEROPAGE, &page))
			die("UFFDIO_ZEROPAGE");
	}
	return NULL;
}

/* A VMM that fetches each page when it is touched hears of these and of no other. */
static bool fetched(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)mem,
		.range.len = SIZE,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	pthread_t thread;

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) ||
	    ioctl(uffd, UFFDIO_REGISTER, &range))
		die("userfaultfd");
	if (pthread_create(&thread, NULL, answer, NULL))
		die("pthread_create");
	slot(mem, 0, PAGES);
	SHOULD(only_touched(mem, 100));
	for (unsigned int page = 0; page < PAGES; page++)
		CHECK(!asked[page] == (page >= 100));
	pthread_cancel(thread);
	pthread_join(thread, NULL);
	close(uffd);
	return true;
}

/* --- a limit of memory -------------------------------------------------------------- */

static void put(const char *folder, const char *name, const char *text)
{
	char path[100];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die(path);
	close(fd);
}

/* A process whose memory cgroup has hardly more room than the guest needs. */
static int in_limited(const char *cgroup)
{
	put(cgroup, "cgroup.procs", "0");
	vm_open(&vm, system_fd);
	slot(mem, 0, PAGES);
	put(cgroup, "memory.max", "1M");
	return only_touched(mem, LIMITED) ? 0 : 1;
}

/* Where memory is short nothing is made ahead: who goes beyond the limit is killed. */
static bool limited(void)
{
	char root[] = "/tmp/cgroup-XXXXXX", cgroup[sizeof(root) + 8];
	int status;
	pid_t pid;

	if (!mkdtemp(root) || mount("cgroup2", root, "cgroup2", 0, NULL))
		die("a cgroup2 file system");
	snprintf(cgroup, sizeof(cgroup), "%s/limited", root);
	put(root, "cgroup.subtree_control", "+memory");
	if (mkdir(cgroup, 0755))
		die(cgroup);
	pid = fork();
	if (!pid)
		_exit(in_limited(cgroup));
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	rmdir(cgroup);
	umount(root);
	rmdir(root);
	if (status)
		return fail("the limited process ended with status 0x%x", status);
	return true;
}

static const struct test tests[] = {
	{ "sequence", sequence },
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
	{ "fetched", fetched },
	{ "limited", limited },
};

static void before(void)
{
	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED || madvise(mem, SIZE, MADV_NOHUGEPAGE))
		die("mmap");
	vm_open(&vm, system_fd);
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
