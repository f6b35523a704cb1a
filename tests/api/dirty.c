// SPDX-License-Identifier: GPL-2.0-only
/*
 * dirty - dirty logging whose bits the VMM takes by hand: KVM_CLEAR_DIRTY_LOG
 * and KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2.
 *
 *   dirty DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "suite.h"

#define PAGE	4096ull
#define BLOCK	(2ull << 20)
#define RAM	0x40000000ull
#define SIZE	(4 * BLOCK)
#define PAGES	(SIZE / PAGE)
#define WORDS	(PAGES / 64)
#define A	0x1111111111111111ull

static struct vm vm;
static char *mem;		/* SIZE bytes at RAM, aligned to a block */
static uint64_t bits[WORDS];

static int manual(uint64_t how)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
		.args = { how },
	};

	return try(vm.fd, KVM_ENABLE_CAP, &cap);
}

static void log_on(void)
{
	vm_slot(&vm, 1, KVM_MEM_LOG_DIRTY_PAGES, RAM, SIZE, mem);
}

static int get(unsigned int slot, void *to)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = to };

	return try(vm.fd, KVM_GET_DIRTY_LOG, &log);
}

static int clear(unsigned int slot, uint64_t first, uint32_t nr, void *from)
{
	struct kvm_clear_dirty_log log = {
		.slot = slot,
		.num_pages = nr,
		.first_page = first,
		.dirty_bitmap = from,
	};

	return try(vm.fd, KVM_CLEAR_DIRTY_LOG, &log);
}

static bool is_dirty(uint64_t page)
{
	return bits[page / 64] >> page % 64 & 1;
}

static void set_dirty(uint64_t page)
{
	bits[page / 64] |= 1ull << page % 64;
}

/* The log has these pages and no others; ~0: none. */
static bool log_is(uint64_t one, uint64_t two)
{
	memset(bits, 0xff, sizeof(bits));
	ERRNO(get(1, bits), 0);
	for (uint64_t i = 0; i < PAGES; i++)
		if (is_dirty(i) != (i == one || i == two))
			return fail("page %d with %d, %d", (int)i, (int)one,
				    (int)two);
	return true;
}

#define NONE		(~0ull)
#define LOG_IS(one, two) do { if (!log_is(one, two)) return false; } while (0)

/* --- the tests --------------------------------------------------------------- */

static bool arguments(void)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, .flags = 1,
	};

	CHECK(ioctl(system_fd, KVM_CHECK_EXTENSION,
		    KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) == 3);
	ERRNO(manual(4), EINVAL);
	ERRNO(manual(2), EINVAL);	/* initially set, but not by hand */
	ERRNO(manual(3), 0);
	ERRNO(manual(1), 0);
	ERRNO(manual(0), 0);
	ERRNO(try(vm.fd, KVM_ENABLE_CAP, &cap), EINVAL);

	ERRNO(clear(1, 0, 64, bits), ENOENT);	/* does not log */
	ERRNO(clear(2, 0, 64, bits), ENOENT);
	ERRNO(clear(1 << 16 | 1, 0, 64, bits), EINVAL);
	log_on();
	ERRNO(clear(1, 1, 64, bits), EINVAL);
	ERRNO(clear(1, 0, 65, bits), EINVAL);
	ERRNO(clear(1, PAGES + 64, 0, bits), EINVAL);
	ERRNO(clear(1, PAGES - 64, 65, bits), EINVAL);
	ERRNO(clear(1, 1ull << 63, 64, bits), EINVAL);
	ERRNO(clear(1, 0, ~0u, bits), EINVAL);
	ERRNO(clear(1, PAGES, 0, bits), 0);
	ERRNO(clear(1, 0, 64, NULL), EFAULT);
	ERRNO(clear(1, 0, PAGES, bits), 0);
	/* Only at the end may words be cut. */
	vm_slot(&vm, 2, KVM_MEM_LOG_DIRTY_PAGES, RAM + SIZE, 70 * PAGE, mem);
	ERRNO(clear(2, 64, 5, bits), EINVAL);
	ERRNO(clear(2, 64, 6, bits), 0);
	ERRNO(clear(2, 0, 70, bits), 0);
	return true;
}

static bool by_hand(void)
{
	ERRNO(manual(1), 0);
	EXPECT(vm_store(&vm, RAM + 9 * PAGE, A), DONE, A);
	log_on();
	LOG_IS(NONE, NONE);
	EXPECT(vm_store(&vm, RAM + 7 * PAGE, A), DONE, A);
	EXPECT(vm_store(&vm, RAM + BLOCK, A), DONE, A);
	LOG_IS(7, 512);
	LOG_IS(7, 512);		/* looking takes nothing */
	memset(bits, 0xff, sizeof(bits));
	ERRNO(clear(1, 0, 64, bits), 0);
	LOG_IS(512, 512);
	EXPECT(vm_store(&vm, RAM + 9 * PAGE, A), DONE, A);
	EXPECT(vm_store(&vm, RAM + 7 * PAGE, A), DONE, A);
	EXPECT(vm_store(&vm, RAM + 7 * PAGE + 8, A), DONE, A);
	EXPECT(vm_store(&vm, RAM + BLOCK, A), DONE, A);
	memset(bits, 0, sizeof(bits));
	set_dirty(9);
	set_dirty(512);
	ERRNO(clear(1, 0, PAGES, bits), 0);
	LOG_IS(7, 7);
	EXPECT(vm_store(&vm, RAM + BLOCK, A), DONE, A);
	LOG_IS(7, 512);
	return true;
}

/* The call is there without the capability as well. */
static bool both_ways(void)
{
	log_on();
	EXPECT(vm_store(&vm, RAM + 7 * PAGE, A), DONE, A);
	memset(bits, 0xff, sizeof(bits));
	ERRNO(clear(1, 0, PAGES, bits), 0);
	LOG_IS(NONE, NONE);
	EXPECT(vm_store(&vm, RAM + 7 * PAGE, A), DONE, A);
	LOG_IS(7, 7);
	LOG_IS(NONE, NONE);
	return true;
}

static bool initially_set(void)
{
	madvise(mem, SIZE, MADV_HUGEPAGE);
	EXPECT(vm_store(&vm, RAM, A), DONE, A);
	EXPECT(vm_store(&vm, RAM + BLOCK, A), DONE, A);
	ERRNO(manual(3), 0);
	log_on();
	ERRNO(get(1, bits), 0);
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK(is_dirty(i));
	/* One word: its neighbours stay as they are. */
	ERRNO(clear(1, 512, 64, bits), 0);
	ERRNO(get(1, bits), 0);
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK(is_dirty(i) == (i < 512 || i >= 512 + 64));
	memset(bits, 0xff, sizeof(bits));
	ERRNO(clear(1, 0, PAGES, bits), 0);
	EXPECT(vm_store(&vm, RAM + BLOCK + PAGE, A), DONE, A);
	EXPECT(vm_store(&vm, RAM, A), DONE, A);
	LOG_IS(0, 513);
	return true;
}

/* --- a copy that follows a running guest ----------------------------------------- */

static char *shadow;
static atomic_bool stop;
static bool bad;

static void collect(void)
{
	bad |= get(1, bits) || clear(1, 0, PAGES, bits);
	for (uint64_t i = 0; i < PAGES; i++)
		if (is_dirty(i))
			memcpy(shadow + i * PAGE, mem + i * PAGE, PAGE);
}

static void *follow(void *unused)
{
	(void)unused;
	while (!stop)
		collect();
	return NULL;
}

static bool no_write_lost(void)
{
	pthread_t thread;

	shadow = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(shadow != MAP_FAILED);
	madvise(mem, SIZE, MADV_HUGEPAGE);
	ERRNO(manual(3), 0);
	log_on();
	collect();
	for (int i = 0; i < 10; i++) {
		memset(mem, 0, SIZE);
		memset(shadow, 0, SIZE);
		stop = bad = false;
		CHECK(!pthread_create(&thread, NULL, follow, NULL));
		EXPECT(vm_churn(&vm, RAM, PAGES, 1), DONE, 0);
		stop = true;
		pthread_join(thread, NULL);
		collect();
		CHECK(!bad);
		for (uint64_t at = 0; at < SIZE; at += PAGE)
			CHECK(*(uint64_t *)(mem + at) == RAM + at);
		CHECK(!memcmp(mem, shadow, SIZE));
	}
	munmap(shadow, SIZE);
	return true;
}

static const struct test tests[] = {
	{ "arguments", arguments },
	{ "by-hand", by_hand },
	{ "both-ways", both_ways },
	{ "initially-set", initially_set },
	{ "no-write-lost", no_write_lost },
};

static char *area;

static void before(void)
{
	vm_open(&vm, system_fd);
	area = mmap(NULL, SIZE + BLOCK, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	mem = (char *)(((uintptr_t)area + BLOCK - 1) & ~(BLOCK - 1));
	vm_slot(&vm, 1, 0, RAM, SIZE, mem);
}

static void after(void)
{
	vm_close(&vm);
	munmap(area, SIZE + BLOCK);
}

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  before, after);
}
