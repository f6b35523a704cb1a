// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory - guest memory through the ioctl ABI: what the host takes back, regions
 * that come and go, dirty logging, VMIDs.
 *
 *   memory DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define PAGE	4096ull
#define BLOCK	(2ull << 20)
#define RAM	0x40000000ull
#define SIZE	(4 * BLOCK)
#define A	0x1111111111111111ull
#define B	0x2222222222222222ull

/* What a test is given: a VM with SIZE bytes of private memory at RAM. */
struct setup {
	struct vm vm;
	char *mem;		/* aligned to a block */
};

static struct setup setup, *const s = &setup;

static char *map_aligned(size_t size)
{
	char *area = mmap(NULL, size + BLOCK, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *at = (char *)(((uintptr_t)area + BLOCK - 1) & ~(BLOCK - 1));

	if (area == MAP_FAILED ||
	    mmap(at, size, PROT_READ | PROT_WRITE | PROT_EXEC,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at)
		die("mmap");
	return at;
}

static uint64_t word(const char *at)
{
	return *(const volatile uint64_t *)at;
}

static void set_word(char *at, uint64_t value)
{
	*(volatile uint64_t *)at = value;
}

/* --- what the host does to memory ---------------------------------------------- */

static bool on_demand(void)
{
	EXPECT(vm_load(&s->vm, RAM), DONE, 0);
	EXPECT(vm_store(&s->vm, RAM, A), DONE, A);
	CHECK(word(s->mem) == A);
	set_word(s->mem, B);
	EXPECT(vm_load(&s->vm, RAM), DONE, B);
	set_word(s->mem + SIZE - 8, A);
	EXPECT(vm_load(&s->vm, RAM + SIZE - 8), DONE, A);
	return true;
}

/* The guest has the zero page; then the host writes and has another. */
static bool zero_page(void)
{
	EXPECT(vm_load(&s->vm, RAM), DONE, 0);
	set_word(s->mem, A);
	EXPECT(vm_load(&s->vm, RAM), DONE, A);
	return true;
}

static bool discard(void)
{
	EXPECT(vm_store(&s->vm, RAM, A), DONE, A);
	EXPECT(vm_store(&s->vm, RAM + PAGE, B), DONE, B);
	CHECK(!madvise(s->mem, PAGE, MADV_DONTNEED));
	EXPECT(vm_load(&s->vm, RAM), DONE, 0);
	EXPECT(vm_load(&s->vm, RAM + PAGE), DONE, B);
	return true;
}

static bool remap(void)
{
	EXPECT(vm_store(&s->vm, RAM, A), DONE, A);
	CHECK(!munmap(s->mem, PAGE));
	EXPECT(vm_load(&s->vm, RAM), ERROR, EFAULT);
	CHECK(mmap(s->mem, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == s->mem);
	set_word(s->mem, B);
	EXPECT(vm_load(&s->vm, RAM), DONE, B);
	return true;
}

static bool protect(void)
{
	EXPECT(vm_store(&s->vm, RAM, A), DONE, A);
	CHECK(!mprotect(s->mem, PAGE, PROT_NONE));
	EXPECT(vm_load(&s->vm, RAM), ERROR, EFAULT);
	CHECK(!mprotect(s->mem, PAGE, PROT_READ));
	EXPECT(vm_load(&s->vm, RAM), DONE, A);
	EXPECT(vm_store(&s->vm, RAM, B), ERROR, EFAULT);
	CHECK(!mprotect(s->mem, PAGE, PROT_READ | PROT_WRITE));
	EXPECT(vm_store(&s->vm, RAM, B), DONE, B);
	return true;
}

/* A child's copy is not written by the parent's guest. */
static bool copy_on_write(void)
{
	int go[2], status;
	char byte = 0;
	pid_t pid;

	EXPECT(vm_store(&s->vm, RAM, A), DONE, A);
	CHECK(!pipe(go));
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) == 1 && word(s->mem) == A ? 0 : 1);
	}
	EXPECT(vm_store(&s->vm, RAM, B), DONE, B);
	CHECK(write(go[1], &byte, 1) == 1);
	close(go[0]);
	close(go[1]);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	CHECK(word(s->mem) == B);
	return true;
}

/* Huge pages, if the host has them: a hole in a block is a hole only there. */
static bool blocks(void)
{
	madvise(s->mem, SIZE, MADV_HUGEPAGE);
	for (uint64_t at = 0; at < SIZE; at += 64 * PAGE)
		EXPECT(vm_store(&s->vm, RAM + at, A + at), DONE, A + at);
	CHECK(!madvise(s->mem + 64 * PAGE, PAGE, MADV_DONTNEED));
	for (uint64_t at = 0; at < SIZE; at += 64 * PAGE) {
		uint64_t value = at == 64 * PAGE ? 0 : A + at;

		EXPECT(vm_load(&s->vm, RAM + at), DONE, value);
		CHECK(word(s->mem + at) == value);
	}
	return true;
}

/* A region whose IPA and address differ modulo 2 MiB cannot use blocks. */
static bool skewed_block(void)
{
	madvise(s->mem, SIZE, MADV_HUGEPAGE);
	for (uint64_t at = 0; at < SIZE; at += PAGE)
		set_word(s->mem + at, at);
	vm_slot(&s->vm, 2, 0, RAM + 8 * SIZE + 3 * PAGE, SIZE - 8 * PAGE,
		s->mem + PAGE);
	for (uint64_t at = 0; at < SIZE - 8 * PAGE; at += 31 * PAGE)
		EXPECT(vm_load(&s->vm, RAM + 8 * SIZE + 3 * PAGE + at), DONE,
		       at + PAGE);
	EXPECT(vm_load(&s->vm, RAM + 8 * SIZE + 2 * PAGE), MMIO_READ, 0);
	return true;
}

static bool shared_file(void)
{
	int fd = memfd_create("guest", 0);
	char *here, *there;

	CHECK(fd >= 0 && !ftruncate(fd, 2 * PAGE));
	here = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	there = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(here != MAP_FAILED && there != MAP_FAILED);
	vm_slot(&s->vm, 2, 0, RAM + SIZE, 2 * PAGE, here);
	EXPECT(vm_store(&s->vm, RAM + SIZE, A), DONE, A);
	CHECK(word(there) == A);
	set_word(there, B);
	EXPECT(vm_load(&s->vm, RAM + SIZE), DONE, B);
	CHECK(!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
			 PAGE));
	EXPECT(vm_load(&s->vm, RAM + SIZE), DONE, 0);
	CHECK(!ftruncate(fd, PAGE));
	EXPECT(vm_load(&s->vm, RAM + SIZE + PAGE), ERROR, EFAULT);
	munmap(here, 2 * PAGE);
	munmap(there, 2 * PAGE);
	close(fd);
	return true;
}

/* --- code ------------------------------------------------------------------------ */

static void put_code(char *at, unsigned int value)
{
	uint32_t code[] = {
		0xd2800000 | value << 5,	/* mov x0, #value */
		0xd65f03c0,			/* ret */
	};

	memcpy(at, code, sizeof(code));
	__builtin___clear_cache(at, at + sizeof(code));
}

static bool code(void)
{
	put_code(s->mem, 1);
	EXPECT(vm_load(&s->vm, RAM + 16), DONE, 0);
	EXPECT(vm_call(&s->vm, RAM), DONE, 1);
	EXPECT(vm_store(&s->vm, RAM + 16, A), DONE, A);
	EXPECT(vm_call(&s->vm, RAM), DONE, 1);
	put_code(s->mem, 2);
	EXPECT(vm_call(&s->vm, RAM), DONE, 2);
	CHECK(!madvise(s->mem, PAGE, MADV_DONTNEED));
	put_code(s->mem, 3);
	EXPECT(vm_call(&s->vm, RAM), DONE, 3);
	return true;
}

/* --- outside of memory -------------------------------------------------------------- */

static bool outside(void)
{
	EXPECT(vm_load(&s->vm, RAM + SIZE), MMIO_READ, 0);
	EXPECT(vm_store(&s->vm, RAM + SIZE, A), MMIO_WRITE, A);
	/* A fetch: instruction abort from the same level, external. */
	EXPECT(vm_call(&s->vm, RAM + SIZE), FAULT, 0x86000010);
	/* Cache maintenance of what is not cached has no effect. */
	EXPECT(vm_dc_civac(&s->vm, RAM + SIZE), DONE, 0);
	EXPECT(vm_dc_civac(&s->vm, RAM), DONE, 0);
	/* Beyond the VM's IPA space of 40 bits: external abort. */
	EXPECT(vm_load(&s->vm, 1ull << 40), FAULT, 0x96000010);
	EXPECT(vm_call(&s->vm, 1ull << 40), FAULT, 0x86000010);
	return true;
}

static bool read_only(void)
{
	char *mem = map_aligned(PAGE);

	set_word(mem, A);
	vm_slot(&s->vm, 2, KVM_MEM_READONLY, RAM + SIZE, PAGE, mem);
	EXPECT(vm_load(&s->vm, RAM + SIZE), DONE, A);
	EXPECT(vm_store(&s->vm, RAM + SIZE, B), MMIO_WRITE, B);
	CHECK(word(mem) == A);
	EXPECT(vm_load(&s->vm, RAM + SIZE), DONE, A);
	/* Its changes by the host are seen. */
	set_word(mem, B);
	EXPECT(vm_load(&s->vm, RAM + SIZE), DONE, B);
	return true;
}

static bool regions(void)
{
	EXPECT(vm_store(&s->vm, RAM, A), DONE, A);
	vm_slot(&s->vm, 1, 0, RAM, 0, NULL);
	EXPECT(vm_load(&s->vm, RAM), MMIO_READ, 0);
	vm_slot(&s->vm, 1, 0, RAM, SIZE, s->mem);
	EXPECT(vm_load(&s->vm, RAM), DONE, A);
	/* Moved: gone here, there instead. */
	vm_slot(&s->vm, 1, 0, RAM + SIZE, SIZE, s->mem);
	EXPECT(vm_load(&s->vm, RAM), MMIO_READ, 0);
	EXPECT(vm_load(&s->vm, RAM + SIZE), DONE, A);
	CHECK(vm_try_slot(&s->vm, 2, 0, RAM + 2 * SIZE - PAGE, PAGE, s->mem) ==
	      EEXIST);
	CHECK(vm_try_slot(&s->vm, 2, 0, RAM, PAGE / 2, s->mem) == EINVAL);
	CHECK(vm_try_slot(&s->vm, 2, 0, RAM, PAGE, s->mem + 8) == EINVAL);
	CHECK(vm_try_slot(&s->vm, 2, 0, RAM + 8, PAGE, s->mem) == EINVAL);
	CHECK(vm_try_slot(&s->vm, 2, ~0u, RAM, PAGE, s->mem) == EINVAL);
	CHECK(vm_try_slot(&s->vm, 2, 0, 1ull << 40, PAGE, s->mem) == EFAULT);
	CHECK(vm_try_slot(&s->vm, 2, 0, -PAGE, 2 * PAGE, s->mem) == EINVAL);
	return true;
}

/* Sparse, and more than any VMM has; their numbers go to the end. */
static bool many_regions(void)
{
	enum { NR = 500, MOST = 32767 };

	CHECK(ioctl(system_fd, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS) ==
	      MOST);
	CHECK(vm_try_slot(&s->vm, MOST, 0, RAM + SIZE, PAGE, s->mem) == EINVAL);
	for (uint64_t i = 0; i < 64; i++)
		set_word(s->mem + i * PAGE, A + i);
	/* Odd ones upwards, then the even ones between them. */
	for (uint64_t i = 1; i < 2 * NR; i = i + 2 == 2 * NR + 1 ? 2 : i + 2)
		vm_slot(&s->vm, MOST - i, 0, RAM + SIZE + 2 * i * PAGE, PAGE,
			s->mem + i % 64 * PAGE);
	for (uint64_t i = 1; i < 2 * NR; i += 97) {
		EXPECT(vm_load(&s->vm, RAM + SIZE + 2 * i * PAGE), DONE,
		       A + i % 64);
		EXPECT(vm_load(&s->vm, RAM + SIZE + (2 * i + 1) * PAGE),
		       MMIO_READ, 0);
	}
	for (uint64_t i = 1; i < 2 * NR; i += 2)
		vm_slot(&s->vm, MOST - i, 0, 0, 0, NULL);
	for (uint64_t i = 1; i < 2 * NR; i += 97)
		EXPECT(vm_load(&s->vm, RAM + SIZE + 2 * i * PAGE),
		       i % 2 ? MMIO_READ : DONE, i % 2 ? 0 : A + i % 64);
	return true;
}

/* --- dirty logging -------------------------------------------------------------------- */

static bool dirty_is(struct setup *s, uint64_t first, uint64_t second)
{
	static uint64_t bits[SIZE / PAGE / 64];
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = bits };

	memset(bits, 0xff, sizeof(bits));
	CHECK(!ioctl(s->vm.fd, KVM_GET_DIRTY_LOG, &log));
	for (uint64_t i = 0; i < SIZE / PAGE; i++)
		if ((bits[i / 64] >> i % 64 & 1) != (i == first || i == second))
			return fail("page %d of %d, %d", (int)i, (int)first,
				    (int)second);
	return true;
}

static bool dirty_log(void)
{
	const uint64_t none = ~0ull;

	madvise(s->mem, SIZE, MADV_HUGEPAGE);
	EXPECT(vm_store(&s->vm, RAM, A), DONE, A);
	EXPECT(vm_store(&s->vm, RAM + BLOCK, A), DONE, A);
	vm_slot(&s->vm, 1, KVM_MEM_LOG_DIRTY_PAGES, RAM, SIZE, s->mem);
	CHECK(dirty_is(s, none, none));
	EXPECT(vm_load(&s->vm, RAM), DONE, A);
	EXPECT(vm_load(&s->vm, RAM + 3 * BLOCK), DONE, 0);
	CHECK(dirty_is(s, none, none));
	EXPECT(vm_store(&s->vm, RAM + 7 * PAGE, B), DONE, B);
	EXPECT(vm_store(&s->vm, RAM + BLOCK, B), DONE, B);
	CHECK(dirty_is(s, 7, 512));
	CHECK(dirty_is(s, none, none));
	EXPECT(vm_store(&s->vm, RAM + 7 * PAGE, A), DONE, A);
	EXPECT(vm_store(&s->vm, RAM + SIZE - 8, A), DONE, A);
	CHECK(dirty_is(s, 7, SIZE / PAGE - 1));
	EXPECT(vm_load(&s->vm, RAM + BLOCK), DONE, B);
	vm_slot(&s->vm, 1, 0, RAM, SIZE, s->mem);
	EXPECT(vm_store(&s->vm, RAM, B), DONE, B);
	vm_slot(&s->vm, 1, KVM_MEM_LOG_DIRTY_PAGES, RAM, SIZE, s->mem);
	CHECK(dirty_is(s, none, none));
	return true;
}

/* --- many at once ------------------------------------------------------------------------ */

/* More VMs than VMIDs of 8 bits: none sees another's memory. */
static bool roll_over(void)
{
	enum { VMS = 260 };
	static struct vm vm[VMS];
	static char *mem[VMS];

	(void)s;
	for (int i = 0; i < VMS; i++) {
		vm_open(&vm[i], system_fd);
		mem[i] = map_aligned(PAGE);
		set_word(mem[i], A + i);
		vm_slot(&vm[i], 1, 0, RAM, PAGE, mem[i]);
	}
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < VMS; i++)
			EXPECT(vm_load(&vm[i], RAM), DONE, A + i);
	for (int i = 0; i < VMS; i++) {
		vm_close(&vm[i]);
		munmap(mem[i], PAGE);
	}
	return true;
}

static atomic_bool stop;

static void *disturb(void *argument)
{
	struct setup *s = argument;

	for (unsigned int i = 0; !stop; i++) {
		char *at = s->mem + i % 61 * PAGE;

		switch (i % 4) {
		case 0:
			madvise(at, 3 * PAGE, MADV_DONTNEED);
			break;
		case 1:
			mprotect(at, 3 * PAGE, PROT_READ);
			mprotect(at, 3 * PAGE, PROT_READ | PROT_WRITE);
			break;
		case 2:
			madvise(s->mem, BLOCK, MADV_DONTNEED);
			break;
		case 3:
			vm_slot(&s->vm, 2, 0, RAM + SIZE, PAGE, s->mem);
			vm_slot(&s->vm, 2, 0, RAM + SIZE, 0, NULL);
			break;
		}
	}
	return NULL;
}

/* The host takes memory back while the guest writes it. */
static bool churn(void)
{
	struct result r = { OTHER, 0, 0 };
	pthread_t thread;

	madvise(s->mem, SIZE, MADV_HUGEPAGE);
	stop = false;
	CHECK(!pthread_create(&thread, NULL, disturb, s));
	for (int i = 0; i < 10; i++) {
		r = vm_churn(&s->vm, RAM, 64, 100);
		/* mprotect leaves a moment in which writing is an error. */
		if (r.how != DONE && !(r.how == ERROR && r.value == EFAULT))
			break;
		if (r.how == DONE && r.value)
			break;
	}
	stop = true;
	pthread_join(thread, NULL);
	CHECK(r.how == DONE || r.how == ERROR);
	CHECK(r.how == ERROR || !r.value);
	EXPECT(vm_churn(&s->vm, RAM, 64, 1), DONE, 0);
	return true;
}

/* A VMM that is killed while its guest runs. */
static bool killed(void)
{
	int ready[2], status;
	char byte = 0;
	pid_t pid;

	(void)s;
	for (int i = 0; i < 5; i++) {
		CHECK(!pipe(ready));
		pid = fork();
		CHECK(pid >= 0);
		if (!pid) {
			struct setup own;

			vm_open(&own.vm, system_fd);
			own.mem = map_aligned(SIZE);
			vm_slot(&own.vm, 1, 0, RAM, SIZE, own.mem);
			vm_store(&own.vm, RAM, A);
			if (write(ready[1], &byte, 1) != 1)
				_exit(1);
			vm_churn(&own.vm, RAM, 512, ~0ull);
			_exit(1);
		}
		CHECK(read(ready[0], &byte, 1) == 1);
		kill(pid, SIGKILL);
		CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
		close(ready[0]);
		close(ready[1]);
	}
	return true;
}

/* A child has the fds, but not the memory that they are about. */
static bool other_mm(void)
{
	int status;
	pid_t pid;

	EXPECT(vm_store(&s->vm, RAM, A), DONE, A);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		_exit(ioctl(s->vm.vcpu, KVM_RUN, 0) == -1 && errno == EIO &&
		      vm_try_slot(&s->vm, 2, 0, RAM + SIZE, PAGE, s->mem) ==
		      EIO ? 0 : 1);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	EXPECT(vm_load(&s->vm, RAM), DONE, A);
	return true;
}

static const struct test tests[] = {
	{ "on-demand", on_demand },
	{ "zero-page", zero_page },
	{ "discard", discard },
	{ "remap", remap },
	{ "protect", protect },
	{ "copy-on-write", copy_on_write },
	{ "blocks", blocks },
	{ "skewed-block", skewed_block },
	{ "shared-file", shared_file },
	{ "code", code },
	{ "outside", outside },
	{ "read-only", read_only },
	{ "regions", regions },
	{ "many-regions", many_regions },
	{ "dirty-log", dirty_log },
	{ "roll-over", roll_over },
	{ "churn", churn },
	{ "killed", killed },
	{ "other-mm", other_mm },
};

static void before(void)
{
	vm_open(&s->vm, system_fd);
	s->mem = map_aligned(SIZE);
	vm_slot(&s->vm, 1, 0, RAM, SIZE, s->mem);
}

static void after(void)
{
	vm_close(&s->vm);
	munmap(s->mem, SIZE);
}

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  before, after);
}
