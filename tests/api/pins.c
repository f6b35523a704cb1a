// SPDX-License-Identifier: GPL-2.0-only
/*
 * pins - guest memory on a host whose kernel has no MMU notifiers: pinned, charged,
 * and let go in every case. For the host without KVM.
 *
 *   pins /dev/hvk [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * What the kernel counts of all pins (/proc/vmstat) is asked, so nobody else may pin
 * meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define PAGE	4096ull
#define BLOCK	(2ull << 20)
#define RAM	0x40000000ull
#define SIZE	(4 * BLOCK)
#define A	0x1111111111111111ull
#define B	0x2222222222222222ull

static struct vm vm;
static char *mem;	/* SIZE bytes, aligned to a block: slot 1 */

static char *map_aligned(void)
{
	char *area = mmap(NULL, SIZE + BLOCK, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (area == MAP_FAILED)
		die("mmap");
	return (char *)(((uintptr_t)area + BLOCK - 1) & ~(BLOCK - 1));
}

static uint64_t word(const char *at)
{
	return *(const volatile uint64_t *)at;
}

static void set_word(char *at, uint64_t value)
{
	*(volatile uint64_t *)at = value;
}

/* The number behind `name` in one of the kernel's files. */
static long field(const char *path, const char *name)
{
	FILE *file = fopen(path, "re");
	char line[200];
	long value = -1;

	if (!file)
		die(path);
	while (value < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = strtol(line + strlen(name), NULL, 10);
	fclose(file);
	if (value < 0)
		die(name);
	return value;
}

/* Pages that anybody has pinned; each CPU has counts that it has not told yet. */
static long pinned(void)
{
	int fd = open("/proc/sys/vm/stat_refresh", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) != 1)
		die("stat_refresh");
	close(fd);
	return field("/proc/vmstat", "nr_foll_pin_acquired ") -
	       field("/proc/vmstat", "nr_foll_pin_released ");
}

/* What this process is charged, in KiB. */
static long charged(void)
{
	return field("/proc/self/status", "VmPin:");
}

/* Whether it comes to that many, within seconds: a process ends after it has died. */
static bool pinned_again(long wanted)
{
	for (int i = 0; i < 200 && pinned() != wanted; i++)
		usleep(50000);
	return pinned() == wanted;
}

/* --- what is pinned --------------------------------------------------------------- */

static bool capability(void)
{
	CHECK(!ioctl(system_fd, KVM_CHECK_EXTENSION, KVM_CAP_SYNC_MMU));
	CHECK(!ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_SYNC_MMU));
	return true;
}

/* Page by page, as the guest comes to them; charged as a whole. */
static bool counted(void)
{
	long base, charge = charged();

	EXPECT(vm_store(&vm, RAM, A), DONE, A);
	base = pinned();
	EXPECT(vm_store(&vm, RAM, B), DONE, B);
	CHECK(pinned() == base);
	EXPECT(vm_load(&vm, RAM + PAGE), DONE, 0);
	EXPECT(vm_store(&vm, RAM + PAGE, A), DONE, A);
	CHECK(pinned() == base + 1);
	CHECK(word(mem + PAGE) == A);
	EXPECT(vm_store(&vm, RAM + SIZE - PAGE, A), DONE, A);
	CHECK(pinned() == base + 2);
	CHECK(charged() == charge);
	vm_slot(&vm, 1, 0, 0, 0, NULL);
	CHECK(pinned() == base - 1);
	CHECK(charged() == charge - (long)(SIZE >> 10));
	vm_slot(&vm, 1, 0, RAM, SIZE, mem);
	CHECK(charged() == charge);
	EXPECT(vm_load(&vm, RAM + PAGE), DONE, A);
	return true;
}

/* A block is pinned as a whole, if the host has given a huge page. */
static bool block(void)
{
	long base, huge;

	EXPECT(vm_load(&vm, RAM + SIZE - PAGE), DONE, 0);
	base = pinned();
	madvise(mem, BLOCK, MADV_HUGEPAGE);
	set_word(mem, A);
	huge = field("/proc/self/smaps_rollup", "AnonHugePages:");
	EXPECT(vm_load(&vm, RAM), DONE, A);
	CHECK(pinned() == base + (huge ? 512 : 1));
	for (uint64_t at = 0; at < BLOCK; at += PAGE)
		EXPECT(vm_store(&vm, RAM + at, A + at), DONE, A + at);
	CHECK(pinned() == base + 512);
	for (uint64_t at = 0; at < BLOCK; at += PAGE)
		CHECK(word(mem + at) == A + at);
	return true;
}

/* What the process does to its address does not reach the guest. */
static bool stays(void)
{
	EXPECT(vm_store(&vm, RAM, A), DONE, A);
	EXPECT(vm_store(&vm, RAM + PAGE, A), DONE, A);
	CHECK(!madvise(mem, PAGE, MADV_DONTNEED));
	CHECK(word(mem) == 0);
	EXPECT(vm_load(&vm, RAM), DONE, A);
	CHECK(!mprotect(mem + PAGE, PAGE, PROT_NONE));
	EXPECT(vm_store(&vm, RAM + PAGE, B), DONE, B);
	CHECK(!munmap(mem, PAGE));
	EXPECT(vm_store(&vm, RAM, B), DONE, B);
	/* What the guest has not touched is there as the process has it. */
	CHECK(!munmap(mem + 2 * PAGE, PAGE));
	EXPECT(vm_load(&vm, RAM + 2 * PAGE), ERROR, EFAULT);
	CHECK(mmap(mem, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == mem);
	set_word(mem, A);
	EXPECT(vm_load(&vm, RAM), DONE, B);
	/* Until the region is set anew. */
	vm_slot(&vm, 1, 0, 0, 0, NULL);
	vm_slot(&vm, 1, 0, RAM, SIZE, mem);
	EXPECT(vm_load(&vm, RAM), DONE, A);
	return true;
}

/* --- regions ------------------------------------------------------------------------ */

static bool log_is(uint64_t page)
{
	static uint64_t bits[SIZE / PAGE / 64];
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = bits };

	memset(bits, 0xff, sizeof(bits));
	CHECK(!ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log));
	for (uint64_t i = 0; i < SIZE / PAGE; i++)
		if ((bits[i / 64] >> i % 64 & 1) != (i == page))
			return fail("page %d beside %d", (int)i, (int)page);
	return true;
}

/* The pins of a region stay the same while it logs, and when it moves. */
static bool kept(void)
{
	long base, charge = charged();

	madvise(mem, BLOCK, MADV_HUGEPAGE);
	set_word(mem, 0);
	EXPECT(vm_store(&vm, RAM, A), DONE, A);
	EXPECT(vm_store(&vm, RAM + BLOCK, A), DONE, A);
	base = pinned();
	vm_slot(&vm, 1, KVM_MEM_LOG_DIRTY_PAGES, RAM, SIZE, mem);
	SHOULD(log_is(~0ull));
	EXPECT(vm_store(&vm, RAM, B), DONE, B);
	CHECK(word(mem) == B);
	SHOULD(log_is(0));
	EXPECT(vm_store(&vm, RAM + BLOCK, B), DONE, B);
	SHOULD(log_is(512));
	vm_slot(&vm, 1, 0, RAM, SIZE, mem);
	EXPECT(vm_load(&vm, RAM), DONE, B);
	vm_slot(&vm, 1, 0, RAM + SIZE, SIZE, mem);
	EXPECT(vm_load(&vm, RAM), MMIO_READ, 0);
	EXPECT(vm_store(&vm, RAM + SIZE + BLOCK, A), DONE, A);
	CHECK(word(mem + BLOCK) == A);
	CHECK(pinned() == base);
	CHECK(charged() == charge);
	/* A change that is refused changes nothing. */
	CHECK(vm_try_slot(&vm, 1, 0, RAM, SIZE, mem + PAGE) == EINVAL);
	CHECK(vm_try_slot(&vm, 2, 0, RAM + SIZE, PAGE, mem) == EEXIST);
	CHECK(pinned() == base);
	CHECK(charged() == charge);
	return true;
}

/* Memory that the process itself may only read; its changes are seen. */
static bool read_only(void)
{
	int fd = memfd_create("rom", 0), again;
	char *rom, *writable, path[40];
	long base;

	CHECK(fd >= 0 && !ftruncate(fd, PAGE));
	writable = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(again >= 0);
	rom = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, again, 0);
	CHECK(writable != MAP_FAILED && rom != MAP_FAILED);
	set_word(writable, A);
	EXPECT(vm_load(&vm, RAM), DONE, 0);
	base = pinned();
	vm_slot(&vm, 2, KVM_MEM_READONLY, RAM + SIZE, PAGE, rom);
	EXPECT(vm_load(&vm, RAM + SIZE), DONE, A);
	EXPECT(vm_store(&vm, RAM + SIZE, B), MMIO_WRITE, B);
	set_word(writable, B);
	EXPECT(vm_load(&vm, RAM + SIZE), DONE, B);
	CHECK(pinned() == base + 1);
	vm_slot(&vm, 2, 0, 0, 0, NULL);
	CHECK(pinned() == base);
	/* For a guest that writes it is no memory. */
	vm_slot(&vm, 2, 0, RAM + SIZE, PAGE, rom);
	EXPECT(vm_load(&vm, RAM + SIZE), ERROR, EFAULT);
	vm_slot(&vm, 2, 0, 0, 0, NULL);
	CHECK(pinned() == base);
	munmap(rom, PAGE);
	munmap(writable, PAGE);
	close(again);
	close(fd);
	return true;
}

/* --- processes ------------------------------------------------------------------------ */

/* A child gets copies; process and guest go on to share theirs. */
static bool forked(void)
{
	int go[2], status;
	char byte = 0;
	pid_t pid;

	EXPECT(vm_store(&vm, RAM, A), DONE, A);
	CHECK(!pipe(go));
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) == 1 && word(mem) == A ? 0 : 1);
	}
	set_word(mem, B);
	EXPECT(vm_load(&vm, RAM), DONE, B);
	EXPECT(vm_store(&vm, RAM + 8, A), DONE, A);
	CHECK(word(mem + 8) == A);
	CHECK(write(go[1], &byte, 1) == 1);
	close(go[0]);
	close(go[1]);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	return true;
}

/* Within the limit, for who may not exceed it. The number of the line that is wrong. */
static int within_limit(void)
{
	struct rlimit limit = { 4 * BLOCK, 4 * BLOCK };
	long code;
	struct vm own;

#define MUST(what)	do { if (!(what)) return __LINE__; } while (0)
	MUST(!setrlimit(RLIMIT_MEMLOCK, &limit));
	MUST(!setgid(60000) && !setuid(60000));
	vm_open(&own, system_fd);
	code = charged();	/* where the guest's instructions are */
	MUST(code > 0 && code < 1024);
	MUST(vm_try_slot(&own, 1, 0, RAM, SIZE, mem) == ENOMEM);
	MUST(charged() == code);
	MUST(!vm_try_slot(&own, 1, 0, RAM, 3 * BLOCK, mem));
	MUST(charged() == code + (long)(3 * BLOCK >> 10));
	MUST(vm_try_slot(&own, 2, KVM_MEM_READONLY, RAM + SIZE, BLOCK, mem) == ENOMEM);
	MUST(vm_try_slot(&own, 2, KVM_MEM_LOG_DIRTY_PAGES, RAM + SIZE, BLOCK, mem) == ENOMEM);
	MUST(vm_store(&own, RAM, A).how == DONE);
	/* Moved, logged: it costs nothing more. */
	MUST(!vm_try_slot(&own, 1, KVM_MEM_LOG_DIRTY_PAGES, RAM + BLOCK, 3 * BLOCK, mem));
	MUST(charged() == code + (long)(3 * BLOCK >> 10));
	MUST(!vm_try_slot(&own, 1, 0, 0, 0, NULL));
	MUST(!vm_try_slot(&own, 2, KVM_MEM_READONLY, RAM + SIZE, BLOCK, mem));
	vm_close(&own);
	MUST(!charged());
#undef MUST
	return 0;
}

static bool limited(void)
{
	long base = pinned();
	int status;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		int line = within_limit();

		if (line)
			printf("# line %d\n", line);
		fflush(stdout);
		_exit(line ? 1 : 0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	CHECK(pinned_again(base));
	return true;
}

/* In a child: a VM of its own that runs until the child is killed. */
static void run_for_ever(int ready)
{
	char *own_mem = map_aligned(), byte = 0;
	struct vm own;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	vm_open(&own, system_fd);
	madvise(own_mem, BLOCK, MADV_HUGEPAGE);
	vm_slot(&own, 1, 0, RAM, SIZE, own_mem);
	vm_store(&own, RAM, A);
	if (write(ready, &byte, 1) == 1)
		vm_churn(&own, RAM, SIZE / PAGE, ~0ull);
	_exit(1);
}

static bool killed(void)
{
	long base = pinned();
	int ready[2], status;
	char byte;
	pid_t pid;

	for (int i = 0; i < 10; i++) {
		CHECK(!pipe(ready));
		pid = fork();
		CHECK(pid >= 0);
		if (!pid)
			run_for_ever(ready[1]);
		CHECK(read(ready[0], &byte, 1) == 1);
		usleep(i * 7000);
		kill(pid, SIGKILL);
		CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
		close(ready[0]);
		close(ready[1]);
		CHECK(pinned_again(base));
	}
	return true;
}

/* Holds what it inherited of a VM, and says whether it is still refused. */
static void hold(const struct vm *other, int ask, int answer)
{
	char byte;

	while (read(ask, &byte, 1) == 1) {
		byte = ioctl(other->vcpu, KVM_RUN, 0) < 0 && errno == EIO;
		if (write(answer, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

/*
 * The process of a VM dies; another that has the VM's files keeps nothing of its
 * memory. With all of them, or with a vCPU's alone.
 */
static bool passed_on(void)
{
	for (int alone = 0; alone < 2; alone++) {
		int ready[2], ask[2], answer[2], status;
		long base = pinned();
		char byte = 0;
		pid_t pid;

		CHECK(!pipe(ready) && !pipe(ask) && !pipe(answer));
		pid = fork();
		CHECK(pid >= 0);
		if (!pid) {
			char *own_mem = map_aligned();
			struct vm own;

			prctl(PR_SET_PDEATHSIG, SIGKILL);
			vm_open(&own, system_fd);
			vm_slot(&own, 1, 0, RAM, SIZE, own_mem);
			vm_fill(&own, RAM, 100);
			if (alone)
				close(own.fd);
			close(ask[1]);
			if (!fork())
				hold(&own, ask[0], answer[1]);
			vm_store(&own, RAM, A);
			if (write(ready[1], &byte, 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
		CHECK(read(ready[0], &byte, 1) == 1);
		CHECK(pinned() >= base + 100);
		kill(pid, SIGKILL);
		CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
		CHECK(pinned_again(base));
		/* Who holds it is there all the time. */
		CHECK(write(ask[1], &byte, 1) == 1);
		CHECK(read(answer[0], &byte, 1) == 1 && byte);
		close(ask[1]);
		close(answer[1]);
		CHECK(read(answer[0], &byte, 1) == 0);
		close(answer[0]);
		close(ask[0]);
		close(ready[0]);
		close(ready[1]);
	}
	return true;
}

static const struct test tests[] = {
	{ "capability", capability },
	{ "counted", counted },
	{ "block", block },
	{ "stays", stays },
	{ "kept", kept },
	{ "read-only", read_only },
	{ "forked", forked },
	{ "limited", limited },
	{ "killed", killed },
	{ "passed-on", passed_on },
};

static void before(void)
{
	vm_open(&vm, system_fd);
	mem = map_aligned();
	vm_slot(&vm, 1, 0, RAM, SIZE, mem);
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
