// SPDX-License-Identifier: GPL-2.0-only
/*
 * slots - memory regions that change while they are used, that are large, that
 * show the same memory.
 *
 *   slots DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm, which lacks hvk's own calls.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "suite.h"
#include "uapi/hvk.h"

#define PAGE	4096ull
#define RAM	0x40000000ull
#define SIZE	(64 * PAGE)
#define AREA	(512ull << 20)
#define A	0x1111111111111111ull

static struct vm vm;
static char *mem;		/* AREA bytes, of which few are ever touched */

static bool is_hvk(void)
{
	struct hvk_prefault nothing = { .ipa = RAM };

	return !try(vm.fd, HVK_PREFAULT, &nothing);
}

static void set_word(uint64_t offset, uint64_t value)
{
	*(volatile uint64_t *)(mem + offset) = value;
}

/* --- changes under use ---------------------------------------------------------- */

static atomic_bool stop;
static atomic_int prefault_error;

static void *prefaults(void *unused)
{
	(void)unused;
	while (!stop) {
		struct hvk_prefault all = { .ipa = RAM, .size = SIZE };
		int err = try(vm.fd, HVK_PREFAULT, &all);

		/* The region is elsewhere now, or nowhere. */
		if (err && err != ENOENT)
			prefault_error = err;
	}
	return NULL;
}

/* A change of regions waits for those that read them, and these for nothing. */
static bool prefault_race(void)
{
	pthread_t thread[2];

	if (!is_hvk())
		return true;
	stop = false;
	prefault_error = 0;
	for (int i = 0; i < 2; i++)
		CHECK(!pthread_create(&thread[i], NULL, prefaults, NULL));
	for (int i = 0; i < 100; i++) {
		vm_slot(&vm, 1, 0, RAM, SIZE, mem);
		vm_slot(&vm, 1, 0, RAM + SIZE, SIZE, mem);
		vm_slot(&vm, 1, 0, RAM, SIZE, mem);
		vm_slot(&vm, 1, 0, 0, 0, NULL);
	}
	stop = true;
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	ERRNO(prefault_error, 0);
	return true;
}

#define ROUNDS	200

/* One page that goes, again and again, and a region that moves meanwhile. */
static void *moves(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		madvise(mem, PAGE, MADV_DONTNEED);
		vm_slot(&vm, 2, 0, RAM + (1 + i % 2) * SIZE, SIZE, mem + SIZE);
	}
	set_word(PAGE, 1);
	return NULL;
}

static uint64_t memory_faults(void)
{
	struct hvk_vcpu_stats stats = { .size = sizeof(stats) };

	if (ioctl(vm.vcpu, HVK_VCPU_STATS, &stats))
		return 0;
	return stats.exits[HVK_STAT_MEMORY];
}

/*
 * While regions change the guest gets no memory. It waits for it: it does not ask
 * again and again. In each round it gets the page once, and may find once that the
 * host is taking it back, and once that regions change.
 */
static bool faults_wait(void)
{
	pthread_t thread;
	uint64_t faults;

	vm_slot(&vm, 1, 0, RAM, SIZE, mem);
	faults = memory_faults();
	CHECK(!pthread_create(&thread, NULL, moves, NULL));
	EXPECT(vm_watch(&vm, RAM, RAM + PAGE), DONE, 0);
	pthread_join(thread, NULL);
	faults = memory_faults() - faults;
	if (faults > 3 * ROUNDS + 50)
		return fail("%d faults in %d rounds", (int)faults, ROUNDS);
	return true;
}

/* --- many that show the same ---------------------------------------------------- */

/* More and fewer than are invalidated one by one. */
static bool aliases(void)
{
	for (uint64_t nr = 4; nr <= 64; nr *= 4) {
		for (uint64_t i = 0; i < nr; i++)
			vm_slot(&vm, 1 + i, 0, RAM + 2 * i * SIZE, SIZE, mem);
		for (uint64_t i = 0; i < nr; i++) {
			uint64_t ipa = RAM + 2 * i * SIZE + PAGE;

			EXPECT(vm_store(&vm, ipa, A + i), DONE, A + i);
			EXPECT(vm_load(&vm, ipa - PAGE), DONE, 0);
		}
		madvise(mem + PAGE, PAGE, MADV_DONTNEED);
		for (uint64_t i = 0; i < nr; i++)
			EXPECT(vm_load(&vm, RAM + 2 * i * SIZE + PAGE), DONE, 0);
		set_word(PAGE, A);
		for (uint64_t i = 0; i < nr; i++)
			EXPECT(vm_load(&vm, RAM + 2 * i * SIZE + PAGE), DONE, A);
		set_word(PAGE, 0);
		for (uint64_t i = 0; i < nr; i++)
			vm_slot(&vm, 1 + i, 0, 0, 0, NULL);
	}
	return true;
}

/* --- size ------------------------------------------------------------------------ */

#define MOST_PAGES	((1ull << 31) - 1)

static bool largest(void)
{
	int bits = ioctl(system_fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
	void *anywhere = (void *)PAGE;	/* with room above: it is not touched */
	struct vm large;

	/* Larger than the VM, and larger than any region. */
	ERRNO(vm_try_slot(&vm, 1, 0, RAM, MOST_PAGES * PAGE, anywhere), EFAULT);
	ERRNO(vm_try_slot(&vm, 1, 0, RAM, (MOST_PAGES + 1) * PAGE, anywhere),
	      EINVAL);
	if (bits < 44)
		return true;
	large.fd = ioctl(system_fd, KVM_CREATE_VM, KVM_VM_TYPE_ARM_IPA_SIZE(44));
	CHECK(large.fd >= 0);
	vm_open_vcpu(&large, system_fd);
	ERRNO(vm_try_slot(&large, 1, 0, RAM, (MOST_PAGES + 1) * PAGE, anywhere),
	      EINVAL);
	ERRNO(vm_try_slot(&large, 1, 0, RAM, MOST_PAGES * PAGE, anywhere), 0);
	vm_slot(&large, 1, 0, 0, 0, NULL);
	vm_close(&large);
	return true;
}

/* A log of some pages itself. */
static bool large_log(void)
{
	static uint64_t bits[AREA / PAGE / 64];
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = bits };
	const uint64_t written[] = { 0, 1, 32767, 32768, 65536, AREA / PAGE - 1 };
	enum { NR = sizeof(written) / sizeof(written[0]) };
	uint64_t found = 0, page;

	vm_slot(&vm, 1, KVM_MEM_LOG_DIRTY_PAGES, RAM, AREA, mem);
	for (int i = 0; i < NR; i++)
		EXPECT(vm_store(&vm, RAM + written[i] * PAGE, A), DONE, A);
	ERRNO(try(vm.fd, KVM_GET_DIRTY_LOG, &log), 0);
	for (uint64_t i = 0; i < AREA / PAGE; i++)
		found += bits[i / 64] >> i % 64 & 1;
	CHECK(found == NR);
	for (int i = 0; i < NR; i++) {
		page = written[i];
		CHECK(bits[page / 64] & 1ull << (page & 63));
	}
	ERRNO(try(vm.fd, KVM_GET_DIRTY_LOG, &log), 0);
	for (uint64_t i = 0; i < AREA / PAGE / 64; i++)
		CHECK(!bits[i]);
	/* One that cannot be shown does not end the logging. */
	EXPECT(vm_store(&vm, RAM, A), DONE, A);
	log.dirty_bitmap = NULL;
	ERRNO(try(vm.fd, KVM_GET_DIRTY_LOG, &log), EFAULT);
	EXPECT(vm_store(&vm, RAM, A), DONE, A);
	log.dirty_bitmap = bits;
	ERRNO(try(vm.fd, KVM_GET_DIRTY_LOG, &log), 0);
	CHECK(bits[0] == 1);
	return true;
}

static const struct test tests[] = {
	{ "prefault-race", prefault_race },
	{ "faults-wait", faults_wait },
	{ "aliases", aliases },
	{ "largest", largest },
	{ "large-log", large_log },
};

static void before(void)
{
	vm_open(&vm, system_fd);
	mem = mmap(NULL, AREA, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mem == MAP_FAILED)
		die("mmap");
	madvise(mem, AREA, MADV_NOHUGEPAGE);
}

static void after(void)
{
	vm_close(&vm);
	munmap(mem, AREA);
}

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  before, after);
}
