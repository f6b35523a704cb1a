// SPDX-License-Identifier: GPL-2.0-only
/* eventfds.c's tests of eventfds that a guest's writes signal: KVM_IOEVENTFD. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "eventfds.h"
#include "gic.h"

#define MATCH	KVM_IOEVENTFD_FLAG_DATAMATCH
#define REMOVE	KVM_IOEVENTFD_FLAG_DEASSIGN

int ioeventfd(struct vm *vm, int fd, uint64_t addr, unsigned int len,
		     unsigned int flags, uint64_t match)
{
	struct kvm_ioeventfd args = {
		.fd = fd,
		.addr = addr,
		.len = len,
		.flags = flags,
		.datamatch = match,
	};

	return try(vm->fd, KVM_IOEVENTFD, &args);
}

bool ioeventfd_errors(void)
{
	int fd = new_fd(), other = new_fd(), null = open("/dev/null", O_RDWR);
	struct vm vm;

	vm_open(&vm, system_fd);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 3, 0, 0), EINVAL);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 16, 0, 0), EINVAL);
	ERRNO(ioeventfd(&vm, fd, ~1ull, 4, 0, 0), EINVAL);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, 1u << 9, 0), EINVAL);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 0, MATCH, 0), EINVAL);
	ERRNO(ioeventfd(&vm, -1, DOORBELL, 4, 0, 0), EBADF);
	ERRNO(ioeventfd(&vm, null, DOORBELL, 4, 0, 0), EINVAL);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, REMOVE, 0), ENOENT);
	ERRNO(ioeventfd(&vm, -1, DOORBELL, 4, REMOVE, 0), EBADF);

	ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, MATCH, 1), 0);
	ERRNO(ioeventfd(&vm, other, DOORBELL, 4, MATCH, 1), EEXIST);
	ERRNO(ioeventfd(&vm, other, DOORBELL, 4, 0, 0), EEXIST);
	ERRNO(ioeventfd(&vm, other, DOORBELL, 0, 0, 0), EEXIST);
	ERRNO(ioeventfd(&vm, other, DOORBELL, 4, MATCH, 2), 0);
	ERRNO(ioeventfd(&vm, other, DOORBELL, 2, 0, 0), 0);
	ERRNO(ioeventfd(&vm, other, DOORBELL, 4,
			KVM_IOEVENTFD_FLAG_PIO, 0), 0);
	/* Each detail has to fit for it to go. */
	ERRNO(ioeventfd(&vm, other, DOORBELL, 4, MATCH | REMOVE, 1), ENOENT);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, MATCH | REMOVE, 3), ENOENT);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, REMOVE, 0), ENOENT);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 8, MATCH | REMOVE, 1), ENOENT);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, MATCH | REMOVE, 1), 0);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, MATCH | REMOVE, 1), ENOENT);
	vm_close(&vm);
	close(fd);
	close(other);
	close(null);
	return true;
}

bool ioeventfd_hits(void)
{
	int word = new_fd(), one = new_fd(), any = new_fd();
	int closed = new_fd();
	struct result r;
	struct vm vm;

	vm_open(&vm, system_fd);
	ERRNO(ioeventfd(&vm, word, DOORBELL, 4, 0, 0), 0);
	ERRNO(ioeventfd(&vm, one, DOORBELL + 8, 4, MATCH, 0x80000001), 0);
	ERRNO(ioeventfd(&vm, any, DOORBELL + 16, 0, 0, 0), 0);
	ERRNO(ioeventfd(&vm, closed, DOORBELL + 24, 4, 0, 0), 0);
	close(closed);

	CHECK(vm_store32(&vm, DOORBELL, 7).how == DONE);
	CHECK(signalled(word) && !signalled(word));
	CHECK(vm_store8(&vm, DOORBELL, 7).how == MMIO_WRITE);
	r = vm_store(&vm, DOORBELL, 7);
	CHECK(r.how == MMIO_WRITE && r.ipa == DOORBELL);
	CHECK(vm_load32(&vm, DOORBELL).how == MMIO_READ);
	CHECK(vm_store32(&vm, DOORBELL + 4, 7).how == MMIO_WRITE);
	CHECK(!signalled(word));

	CHECK(vm_store32(&vm, DOORBELL + 8, 1).how == MMIO_WRITE);
	CHECK(!signalled(one));
	CHECK(vm_store32(&vm, DOORBELL + 8, 0x80000001).how == DONE);
	CHECK(signalled(one));
	/* Only what is stored counts, not the rest of the register. */
	CHECK(vm_store32(&vm, DOORBELL + 8, 0x5a5a5a5a80000001).how == DONE);
	CHECK(signalled(one));

	CHECK(vm_store8(&vm, DOORBELL + 16, 7).how == DONE);
	CHECK(vm_store(&vm, DOORBELL + 16, 7).how == DONE);
	CHECK(signalled(any));
	CHECK(vm_store32(&vm, DOORBELL + 20, 7).how == MMIO_WRITE);

	CHECK(vm_store32(&vm, DOORBELL + 24, 7).how == DONE);

	ERRNO(ioeventfd(&vm, word, DOORBELL, 4, REMOVE, 0), 0);
	CHECK(vm_store32(&vm, DOORBELL, 7).how == MMIO_WRITE);
	ERRNO(ioeventfd(&vm, any, DOORBELL + 16, 0, REMOVE, 0), 0);
	CHECK(vm_store32(&vm, DOORBELL + 16, 7).how == MMIO_WRITE);
	vm_close(&vm);
	close(word);
	close(one);
	close(any);
	return true;
}

/* How often an eventfd was signalled since it was asked last. */
static uint64_t rings(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

#define RUBBISH	0x5a5a5a5a5a5a5a00ull	/* above a byte */

/* Of a register only what is stored counts, for the first store to a page and for others. */
bool ioeventfd_pairs(void)
{
	int byte = new_fd(), word = new_fd(), zero = new_fd();
	struct vm vm;

	vm_open(&vm, system_fd);
	ERRNO(ioeventfd(&vm, byte, DOORBELL, 1, MATCH, 0x88), 0);
	ERRNO(ioeventfd(&vm, word, DOORBELL + 8, 4, MATCH, 0x80000001), 0);
	ERRNO(ioeventfd(&vm, zero, DOORBELL + 16, 4, MATCH, 0), 0);

	EXPECT(vm_store8_pair(&vm, DOORBELL, RUBBISH | 0x88, RUBBISH | 0x88), DONE, RUBBISH | 0x88);
	CHECK(rings(byte) == 2);
	EXPECT(vm_store8_pair(&vm, DOORBELL, 0x88, RUBBISH | 0x87), MMIO_WRITE, 0x87);
	CHECK(rings(byte) == 1);
	EXPECT(vm_store8_pair(&vm, DOORBELL, RUBBISH | 0x87, 0x88), MMIO_WRITE, 0x87);
	CHECK(rings(byte) == 0);

	EXPECT(vm_store32_pair(&vm, DOORBELL + 8, 0x5a5a5a5a80000001, 0x5a5a5a5a80000001), DONE,
	       0x5a5a5a5a80000001);
	CHECK(rings(word) == 2);
	EXPECT(vm_store32_pair(&vm, DOORBELL + 8, 0x80000001, 0x8000000100000001), MMIO_WRITE, 1);
	CHECK(rings(word) == 1);

	CHECK(vm_store_zero_pair(&vm, DOORBELL + 16).how == DONE);
	CHECK(rings(zero) == 2);
	EXPECT(vm_store_zero_pair(&vm, DOORBELL + 8), MMIO_WRITE, 0);
	CHECK(rings(word) == 0);
	vm_close(&vm);
	close(byte);
	close(word);
	close(zero);
	return true;
}

/* What a big-endian guest stores is compared as the device sees it. */
bool ioeventfd_big_endian(void)
{
	int byte = new_fd(), word = new_fd();
	struct vm vm;

	vm_open(&vm, system_fd);
	vm_set_reg(&vm, REG_SCTLR_EL1, vm_get_reg(&vm, REG_SCTLR_EL1) | SCTLR_EE);
	ERRNO(ioeventfd(&vm, byte, DOORBELL, 1, MATCH, 0x88), 0);
	ERRNO(ioeventfd(&vm, word, DOORBELL + 8, 4, MATCH, 0x11223344), 0);

	CHECK(vm_store8_pair(&vm, DOORBELL, RUBBISH | 0x88, RUBBISH | 0x88).how == DONE);
	CHECK(rings(byte) == 2);
	CHECK(vm_store32_pair(&vm, DOORBELL + 8, 0x5a5a5a5a44332211, 0x5a5a5a5a44332211).how ==
	      DONE);
	CHECK(rings(word) == 2);
	EXPECT(vm_store32_pair(&vm, DOORBELL + 8, 0x44332211, 0x11223344), MMIO_WRITE, 0x44332211);
	CHECK(rings(word) == 1);
	vm_close(&vm);
	close(byte);
	close(word);
	return true;
}

/* A zone of coalesced writes begins at an ioeventfd: that has what it matches. */
bool ioeventfd_in_zone(void)
{
	struct kvm_coalesced_mmio_zone zone = { DOORBELL, 0x100, {} };
	volatile struct kvm_coalesced_mmio_ring *ring;
	int fd = new_fd();
	struct vm vm;

	for (int zone_first = 0; zone_first < 2; zone_first++) {
		vm_open(&vm, system_fd);
		ring = (void *)((char *)vm.run + KVM_COALESCED_MMIO_PAGE_OFFSET * 4096);
		if (zone_first)
			ERRNO(try(vm.fd, KVM_REGISTER_COALESCED_MMIO, &zone), 0);
		ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, MATCH, 7), 0);
		if (!zone_first)
			ERRNO(try(vm.fd, KVM_REGISTER_COALESCED_MMIO, &zone), 0);

		CHECK(vm_store32_pair(&vm, DOORBELL, 7, 7).how == DONE);
		CHECK(rings(fd) == 2 && ring->last == 0);
		/* What it does not match waits in the ring, from either path. */
		CHECK(vm_store32_pair(&vm, DOORBELL, 7, 8).how == DONE);
		CHECK(rings(fd) == 1 && ring->last == 1);
		CHECK(vm_store32_pair(&vm, DOORBELL, 8, 7).how == DONE);
		CHECK(rings(fd) == 1 && ring->last == 2);
		CHECK(vm_store8_pair(&vm, DOORBELL, 7, 7).how == DONE);
		CHECK(rings(fd) == 0 && ring->last == 4);
		/* Without the ioeventfd all do. */
		ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, MATCH | REMOVE, 7), 0);
		CHECK(vm_store32_pair(&vm, DOORBELL, 7, 7).how == DONE);
		CHECK(rings(fd) == 0 && ring->last == 6);
		vm_close(&vm);
	}
	close(fd);
	return true;
}
