// SPDX-License-Identifier: GPL-2.0-only
/*
 * coalesced - writes that wait in the ring behind the run page.
 *
 *   coalesced DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "suite.h"

#ifndef KVM_CAP_USER_MEMORY2
#define KVM_CAP_USER_MEMORY2	231	/* Linux 6.8 */
#endif

#define PAGE	4096ull
#define DEVICE	0x0a000000ull
#define SIZE	0x100u
#define A	0x8877665544332211ull

#define ENTRIES	((PAGE - sizeof(struct kvm_coalesced_mmio_ring)) / \
		 sizeof(struct kvm_coalesced_mmio))

static struct vm vm;
static volatile struct kvm_coalesced_mmio_ring *ring;

static int zone(unsigned long call, uint64_t addr, uint32_t size, uint32_t pio)
{
	struct kvm_coalesced_mmio_zone zone = { addr, size, { pio } };

	return try(vm.fd, call, &zone);
}

#define ADD		KVM_REGISTER_COALESCED_MMIO
#define REMOVE		KVM_UNREGISTER_COALESCED_MMIO

static bool entry_is(unsigned int i, uint64_t addr, uint32_t len,
		     uint64_t value)
{
	struct kvm_coalesced_mmio entry;

	memcpy(&entry, (const void *)&ring->coalesced_mmio[i], sizeof(entry));
	if (entry.phys_addr != addr || entry.len != len || entry.pio ||
	    memcmp(entry.data, &value, len))
		return fail("entry %u: 0x%llx, %u bytes", i,
			    (unsigned long long)entry.phys_addr, entry.len);
	return true;
}

/* --- the tests --------------------------------------------------------------- */

static bool arguments(void)
{
	CHECK(ioctl(system_fd, KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_MMIO) ==
	      1);
	CHECK(ioctl(system_fd, KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_PIO));
	CHECK(vm.run_size >= 2 * PAGE);
	ERRNO(zone(ADD, DEVICE, SIZE, 2), EINVAL);
	ERRNO(zone(REMOVE, DEVICE, SIZE, 2), EINVAL);
	ERRNO(zone(REMOVE, DEVICE, SIZE, 0), 0);
	/* Ports are another space. */
	ERRNO(zone(ADD, DEVICE, SIZE, 1), 0);
	EXPECT(vm_store(&vm, DEVICE, A), MMIO_WRITE, A);
	ERRNO(zone(REMOVE, DEVICE, SIZE, 1), 0);
	return true;
}

static bool writes(void)
{
	EXPECT(vm_store(&vm, DEVICE, A), MMIO_WRITE, A);
	ERRNO(zone(ADD, DEVICE, SIZE, 0), 0);
	CHECK(ring->first == 0 && ring->last == 0);
	EXPECT(vm_store(&vm, DEVICE, A), DONE, A);
	EXPECT(vm_store32(&vm, DEVICE + 4, (uint32_t)A), DONE,
	       (uint32_t)A);
	EXPECT(vm_store8(&vm, DEVICE + SIZE - 1, (uint8_t)A), DONE,
	       (uint8_t)A);
	CHECK(ring->first == 0 && ring->last == 3);
	CHECK(entry_is(0, DEVICE, 8, A));
	CHECK(entry_is(1, DEVICE + 4, 4, (uint32_t)A));
	CHECK(entry_is(2, DEVICE + SIZE - 1, 1, (uint8_t)A));
	/* Neither reads, nor what lies partly in the zone. */
	EXPECT(vm_load(&vm, DEVICE), MMIO_READ, 0);
	EXPECT(vm_store32(&vm, DEVICE - 2, (uint32_t)A), MMIO_WRITE,
	       (uint32_t)A);
	EXPECT(vm_store(&vm, DEVICE + SIZE - 4, A), MMIO_WRITE, A);
	CHECK(ring->last == 3);
	/* A zone goes by any part of it, not by more than it is. */
	ERRNO(zone(REMOVE, DEVICE, SIZE + 1, 0), 0);
	EXPECT(vm_store(&vm, DEVICE, A), DONE, A);
	ERRNO(zone(REMOVE, DEVICE + 8, 8, 0), 0);
	EXPECT(vm_store(&vm, DEVICE, A), MMIO_WRITE, A);
	return true;
}

static bool full(void)
{
	/* KVM before 6.12 takes a ring for full that is half so. */
	if (lacks(KVM_CAP_USER_MEMORY2))
		return true;
	ERRNO(zone(ADD, DEVICE, SIZE, 0), 0);
	for (unsigned int i = 0; i < ENTRIES - 1; i++)
		EXPECT(vm_store(&vm, DEVICE, i), DONE, i);
	EXPECT(vm_store(&vm, DEVICE, A), MMIO_WRITE, A);
	for (unsigned int i = 0; i < ENTRIES - 1; i++)
		CHECK(entry_is(i, DEVICE, 8, i));
	/* One is taken, and there is room for one. */
	ring->first = 1;
	EXPECT(vm_store(&vm, DEVICE, A), DONE, A);
	CHECK(ring->last == 0);
	CHECK(entry_is(ENTRIES - 1, DEVICE, 8, A));
	EXPECT(vm_store(&vm, DEVICE, A), MMIO_WRITE, A);
	return true;
}

/* CVE-2019-14821: an index that points out of the page. */
static bool hostile_index(void)
{
	static const uint32_t bad[] = {
		ENTRIES, ENTRIES + 1, 0x80000000, 0xffffffff,
	};
	static char before[PAGE];

	ERRNO(zone(ADD, DEVICE, SIZE, 0), 0);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ring->last = bad[i];
		memcpy(before, (const void *)ring, PAGE);
		EXPECT(vm_store(&vm, DEVICE, A), MMIO_WRITE, A);
		CHECK(!memcmp(before, (const void *)ring, PAGE));
	}
	/* The other end is the VMM's own affair. */
	ring->last = 0;
	ring->first = 0xffffffff;
	EXPECT(vm_store(&vm, DEVICE, A), DONE, A);
	CHECK(ring->last == 1 && ring->first == 0xffffffff);
	CHECK(entry_is(0, DEVICE, 8, A));
	return true;
}

static const struct test tests[] = {
	{ "arguments", arguments },
	{ "writes", writes },
	{ "full", full },
	{ "hostile-index", hostile_index },
};

static void before(void)
{
	vm_open(&vm, system_fd);
	ring = (void *)((char *)vm.run + KVM_COALESCED_MMIO_PAGE_OFFSET * PAGE);
}

static void after(void)
{
	vm_close(&vm);
}

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  before, after);
}
