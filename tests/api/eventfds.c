// SPDX-License-Identifier: GPL-2.0-only
/*
 * eventfds - interrupts from eventfds and eventfds from writes, through the ioctl
 * ABI: KVM_IRQFD, KVM_IOEVENTFD, GSI routes.
 *
 *   eventfds DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "eventfds.h"
#include "gic.h"

/* --- irqfds ---------------------------------------------------------------------- */

static bool irqfds(void)
{
	int fd = new_fd(), other = new_fd(), null = open("/dev/null", O_RDWR);
	struct vm vm;
	int dev;

	vm_open(&vm, system_fd);
	ERRNO(create_device(&vm, KVM_DEV_TYPE_ARM_VGIC_V2, 0, &dev), 0);
	ERRNO(irqfd(&vm, fd, GSI, 0, 0), EAGAIN);
	close(dev);
	vm_close(&vm);

	dev = with_gic(&vm);
	ERRNO(irqfd(&vm, fd, GSI, 1u << 9, 0), EINVAL);
	ERRNO(irqfd(&vm, -1, GSI, 0, 0), EBADF);
	ERRNO(irqfd(&vm, null, GSI, 0, 0), EINVAL);
	ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, -1), EBADF);
	ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, null), EINVAL);
	ERRNO(irqfd(&vm, -1, GSI, KVM_IRQFD_FLAG_DEASSIGN, 0), EBADF);
	ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_DEASSIGN, 0), 0);

	open_spi(&vm, true);
	signal_fd(fd);		/* before: counts */
	ERRNO(irqfd(&vm, fd, GSI, 0, 0), 0);
	/* In KVM from a work item of its own: not at once. */
	for (int i = 0; i < 1000 && !is_pending(&vm, SPI); i++)
		poll(NULL, 0, 1);
	CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
	vm_store32(&vm, GICC_EOIR, SPI);
	ERRNO(irqfd(&vm, fd, GSI, 0, 0), EBUSY);
	ERRNO(irqfd(&vm, fd, GSI + 1, 0, 0), EBUSY);
	ERRNO(irqfd(&vm, other, GSI, 0, 0), 0);
	signal_fd(fd);
	CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
	signal_fd(other);	/* while active */
	vm_store32(&vm, GICC_EOIR, SPI);
	CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
	vm_store32(&vm, GICC_EOIR, SPI);
	CHECK(vm_load32(&vm, GICC_IAR).value == SPURIOUS);

	ERRNO(irqfd(&vm, fd, GSI + 1, KVM_IRQFD_FLAG_DEASSIGN, 0), 0);
	signal_fd(fd);
	CHECK(is_pending(&vm, SPI));
	CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
	vm_store32(&vm, GICC_EOIR, SPI);
	ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_DEASSIGN, 0), 0);
	signal_fd(fd);
	CHECK(!is_pending(&vm, SPI));
	CHECK(signalled(fd));
	/* One that is closed goes by itself; its number may come back. */
	close(other);
	CHECK(new_fd() == other);
	ERRNO(irqfd(&vm, other, GSI, 0, 0), 0);
	signal_fd(other);
	CHECK(is_pending(&vm, SPI));
	/* A GSI with nothing behind it. */
	ERRNO(irqfd(&vm, fd, 4000, 0, 0), 0);
	signal_fd(fd);
	close(dev);
	vm_close(&vm);
	/* The VM is gone: its eventfds are nobody's. */
	signal_fd(other);
	CHECK(signalled(other));
	close(fd);
	close(other);
	close(null);
	return true;
}

static bool resample(void)
{
	int fd = new_fd(), again = new_fd(), second = new_fd();
	int second_again = new_fd();
	struct vm vm;
	int dev = with_gic(&vm);

	open_spi(&vm, false);
	ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, again), 0);
	ERRNO(irqfd(&vm, second, GSI, KVM_IRQFD_FLAG_RESAMPLE, second_again),
	      0);
	for (int i = 0; i < 3; i++) {
		signal_fd(fd);
		CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
		CHECK(!signalled(again));
		vm_store32(&vm, GICC_EOIR, SPI);
		CHECK(vm_load32(&vm, GICC_IAR).value == SPURIOUS);
		CHECK(signalled(again));
		CHECK(signalled(second_again));
		CHECK(!signalled(again));
	}
	/* Without its last irqfd the line goes down. */
	signal_fd(fd);
	CHECK(is_pending(&vm, SPI));
	ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_DEASSIGN, 0), 0);
	CHECK(is_pending(&vm, SPI));
	ERRNO(irqfd(&vm, second, GSI, KVM_IRQFD_FLAG_DEASSIGN, 0), 0);
	CHECK(!is_pending(&vm, SPI));
	close(dev);
	vm_close(&vm);
	close(fd);
	close(again);
	close(second);
	close(second_again);
	return true;
}

/* --- GSI routes ----------------------------------------------------------------------- */

static int route(struct vm *vm, unsigned int nr, unsigned int gsi,
		 unsigned int type, unsigned int irqchip, unsigned int pin)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry[2];
	} args = { .head.nr = nr };

	for (int i = 0; i < 2; i++) {
		args.entry[i].gsi = gsi + 7 * i;
		args.entry[i].type = type;
		args.entry[i].u.irqchip.irqchip = irqchip;
		args.entry[i].u.irqchip.pin = pin + i;
	}
	return try(vm->fd, KVM_SET_GSI_ROUTING, &args);
}

static bool routes(void)
{
	static const struct {
		unsigned int gsi, type, irqchip, pin;
		int err;
	} table[] = {
		{ 4096, KVM_IRQ_ROUTING_IRQCHIP, 0, 1, EINVAL },
		{ 0, KVM_IRQ_ROUTING_IRQCHIP, 1, 1, EINVAL },
		{ 0, KVM_IRQ_ROUTING_IRQCHIP, 0, 988, EINVAL },
		{ 0, KVM_IRQ_ROUTING_IRQCHIP, 0, 986, 0 },
		{ 0, 9, 0, 1, EINVAL },
		{ 0, KVM_IRQ_ROUTING_MSI, 0, 0, 0 },
		{ 4000, KVM_IRQ_ROUTING_IRQCHIP, 0, GSI, 0 },
	};
	struct vm vm;
	int fd = new_fd(), dev;

	dev = with_gic(&vm);
	open_spi(&vm, true);
	ERRNO(irqfd(&vm, fd, 4000, 0, 0), 0);
	signal_fd(fd);
	CHECK(!is_pending(&vm, SPI));
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int err = route(&vm, 2, table[i].gsi, table[i].type,
				table[i].irqchip, table[i].pin);

		if (err != table[i].err)
			return fail("route %zu: %s instead of %s", i,
				    strerror(err), strerror(table[i].err));
	}
	/* The last one holds, for irqfds from before too. */
	signal_fd(fd);
	CHECK(is_pending(&vm, SPI));
	ERRNO(route(&vm, 0, 0, 0, 0, 0), 0);
	CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
	vm_store32(&vm, GICC_EOIR, SPI);
	signal_fd(fd);
	CHECK(!is_pending(&vm, SPI));
	close(dev);
	vm_close(&vm);
	close(fd);
	return true;
}

/* Before there is a vGIC; it begins with routes of its own all the same. */
static bool routes_without_gic(void)
{
	struct vm vm;
	int fd = new_fd(), dev;

	vm_open(&vm, system_fd);
	ERRNO(route(&vm, 0, 0, 0, 0, 0), 0);
	ERRNO(route(&vm, 1, 0, KVM_IRQ_ROUTING_IRQCHIP, 0, 988), EINVAL);
	ERRNO(route(&vm, 1, 4000, KVM_IRQ_ROUTING_IRQCHIP, 0, GSI), 0);
	vm_close(&vm);

	vm_open(&vm, system_fd);
	ERRNO(route(&vm, 1, 4000, KVM_IRQ_ROUTING_IRQCHIP, 0, GSI), 0);
	dev = vm_gic(&vm, GICD, GICC);
	open_spi(&vm, true);
	ERRNO(irqfd(&vm, fd, GSI, 0, 0), 0);
	signal_fd(fd);
	CHECK(is_pending(&vm, SPI));
	close(dev);
	vm_close(&vm);
	close(fd);
	return true;
}

/* --- one and the other ----------------------------------------------------------------- */

/* An ioeventfd that is an irqfd: a guest's write is its own interrupt. */
static bool short_circuit(void)
{
	int fd = new_fd();
	struct vm vm;
	int dev = with_gic(&vm);

	open_spi(&vm, true);
	ERRNO(ioeventfd(&vm, fd, DOORBELL, 4, 0, 0), 0);
	ERRNO(irqfd(&vm, fd, GSI, 0, 0), 0);
	for (int i = 0; i < 3; i++) {
		CHECK(vm_store32(&vm, DOORBELL, 1).how == DONE);
		CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
		vm_store32(&vm, GICC_EOIR, SPI);
	}
	close(dev);
	vm_close(&vm);
	close(fd);
	return true;
}

/* A resamplefd that is its own irqfd: an EOI is the next interrupt. */
static bool bitten_tail(void)
{
	int fd = new_fd();
	struct vm vm;
	int dev = with_gic(&vm);

	open_spi(&vm, false);
	ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, fd), 0);
	signal_fd(fd);
	for (int i = 0; i < 10; i++) {
		CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
		vm_store32(&vm, GICC_EOIR, SPI);
	}
	close(fd);
	close(dev);
	vm_close(&vm);
	return true;
}

static const struct test tests[] = {
	{ "irqfds", irqfds },
	{ "resample", resample },
	{ "routes", routes },
	{ "routes-without-gic", routes_without_gic },
	{ "ioeventfd-errors", ioeventfd_errors },
	{ "ioeventfd-hits", ioeventfd_hits },
	{ "ioeventfd-pairs", ioeventfd_pairs },
	{ "ioeventfd-big-endian", ioeventfd_big_endian },
	{ "ioeventfd-in-zone", ioeventfd_in_zone },
	{ "short-circuit", short_circuit },
	{ "bitten-tail", bitten_tail },
};

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  NULL, NULL);
}
