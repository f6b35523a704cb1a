// SPDX-License-Identifier: GPL-2.0-only
/*
 * interrupts - the interrupt controller and the eventfds through the ioctl ABI:
 * the VGIC_V2 device, KVM_IRQ_LINE, KVM_IRQFD, KVM_IOEVENTFD, GSI routes.
 *
 *   interrupts DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "suite.h"

#define GICD		0x08000000ull
#define GICC		0x08010000ull
#define GICD_CTLR	(GICD + 0x000)
#define GICD_ISENABLER(n) (GICD + 0x100 + (n) / 32 * 4)
#define GICD_ISPENDR(n)	(GICD + 0x200 + (n) / 32 * 4)
#define GICD_ITARGETSR(n) (GICD + 0x800 + (n))
#define GICD_ICFGR(n)	(GICD + 0xc00 + (n) / 16 * 4)
#define GICC_CTLR	(GICC + 0x00)
#define GICC_PMR	(GICC + 0x04)
#define GICC_IAR	(GICC + 0x0c)
#define GICC_EOIR	(GICC + 0x10)
#define SPURIOUS	1023

#define DOORBELL	0x0a000000ull	/* nobody's address: ioeventfds */
#define UNDEF		(~0ull)
#define SPI		40
#define GSI		(SPI - 32)

static int try(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? errno : 0;
}

/* --- the device ------------------------------------------------------------- */

static int attr(int dev, unsigned long request, unsigned int group,
		uint64_t which, void *value)
{
	struct kvm_device_attr a = {
		.group = group,
		.attr = which,
		.addr = (uintptr_t)value,
	};

	return try(dev, request, &a);
}

static int set(int dev, unsigned int group, uint64_t which, uint64_t value)
{
	return attr(dev, KVM_SET_DEVICE_ATTR, group, which, &value);
}

static int create_device(struct vm *vm, unsigned int type, unsigned int flags,
			 int *dev)
{
	struct kvm_create_device args = { .type = type, .flags = flags };
	int err = try(vm->fd, KVM_CREATE_DEVICE, &args);

	if (!err && dev)
		*dev = args.fd;
	return err;
}

#define GRP_ADDR	KVM_DEV_ARM_VGIC_GRP_ADDR
#define GRP_IRQS	KVM_DEV_ARM_VGIC_GRP_NR_IRQS
#define GRP_CTRL	KVM_DEV_ARM_VGIC_GRP_CTRL
#define GRP_DIST	KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define GRP_CPU		KVM_DEV_ARM_VGIC_GRP_CPU_REGS
#define DIST		KVM_VGIC_V2_ADDR_TYPE_DIST
#define CPU		KVM_VGIC_V2_ADDR_TYPE_CPU
#define INIT		KVM_DEV_ARM_VGIC_CTRL_INIT

/* A VM whose interrupt controller is ready; the device's fd. */
static int with_gic(struct vm *vm)
{
	vm_open(vm, system_fd);
	return vm_gic(vm, GICD, GICC);
}

static bool attributes(void)
{
	static const struct {
		unsigned int group;
		uint64_t which, value;
		int err;
	} steps[] = {		/* one after the other, on one device */
		{ GRP_ADDR, DIST, 0x1001, EINVAL },
		{ GRP_ADDR, DIST, ~0xfffull, EINVAL },
		{ GRP_ADDR, DIST, 1ull << 40, E2BIG },
		{ GRP_ADDR, CPU, (1ull << 40) - 0x1000, E2BIG },
		{ GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, 0x10000, ENXIO },
		{ GRP_ADDR, 77, 0x1000, ENXIO },
		{ GRP_ADDR, DIST, GICD, 0 },
		{ GRP_ADDR, DIST, GICD, EEXIST },
		{ GRP_ADDR, CPU, GICC, 0 },
		{ GRP_ADDR, CPU, GICD, EEXIST },
		{ GRP_IRQS, 0, 32, EINVAL },
		{ GRP_IRQS, 0, 65, EINVAL },
		{ GRP_IRQS, 0, 1024, EINVAL },
		{ GRP_IRQS, 0, 96, 0 },
		{ GRP_IRQS, 0, 96, EBUSY },
		{ GRP_CTRL, 1, 0, ENXIO },
		{ GRP_CTRL, INIT, 0, 0 },
		{ GRP_CTRL, INIT, 0, 0 },
		{ GRP_IRQS, 0, 128, EBUSY },
		{ 77, 0, 0, ENXIO },
		{ GRP_DIST, 1ull << 32, 0, EINVAL },	/* no vCPU 1 */
		{ GRP_CPU, 1ull << 32, 0, EINVAL },
		{ GRP_DIST, 0xffffff, 0, 0 },		/* no register: ignored */
	};
	struct kvm_vcpu_init init;
	uint64_t value;
	struct vm vm;
	int dev;

	vm_open(&vm, system_fd);
	ERRNO(create_device(&vm, 77, 0, NULL), ENODEV);
	ERRNO(create_device(&vm, KVM_DEV_TYPE_ARM_VGIC_V2,
			    KVM_CREATE_DEVICE_TEST, NULL), 0);
	ERRNO(create_device(&vm, KVM_DEV_TYPE_ARM_VGIC_V2, 0, &dev), 0);
	ERRNO(create_device(&vm, KVM_DEV_TYPE_ARM_VGIC_V2, 0, NULL), EEXIST);
	ERRNO(try(vm.fd, KVM_CREATE_IRQCHIP, NULL), EEXIST);

	ERRNO(attr(dev, KVM_GET_DEVICE_ATTR, GRP_ADDR, DIST, &value), 0);
	CHECK(value == UNDEF);
	ERRNO(attr(dev, KVM_SET_DEVICE_ATTR, GRP_ADDR, DIST, NULL), EFAULT);
	ERRNO(attr(dev, KVM_SET_DEVICE_ATTR, GRP_IRQS, 0, NULL), EFAULT);
	ERRNO(attr(dev, KVM_SET_DEVICE_ATTR, GRP_DIST, 0, NULL), EFAULT);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int err = set(dev, steps[i].group, steps[i].which,
			      steps[i].value);

		if (err != steps[i].err)
			return fail("step %zu: %s instead of %s", i,
				    strerror(err), strerror(steps[i].err));
	}
	ERRNO(attr(dev, KVM_GET_DEVICE_ATTR, GRP_ADDR, CPU, &value), 0);
	CHECK(value == GICC);
	value = 0;
	ERRNO(attr(dev, KVM_GET_DEVICE_ATTR, GRP_IRQS, 0, &value), 0);
	CHECK(value == 96);
	ERRNO(attr(dev, KVM_GET_DEVICE_ATTR, GRP_CTRL, INIT, &value), ENXIO);

	ERRNO(try(dev, KVM_RUN, NULL), ENOTTY);
	ERRNO(try(dev, KVM_SET_DEVICE_ATTR, NULL), EFAULT);
	/* The layout is fixed. */
	CHECK(ioctl(vm.fd, KVM_CREATE_VCPU, 1) == -1 && errno == EBUSY);
	ERRNO(try(vm.fd, KVM_ARM_PREFERRED_TARGET, &init), 0);
	close(dev);
	vm_close(&vm);
	return true;
}

static bool has_attributes(void)
{
	static const struct {
		unsigned int group;
		uint64_t which;
		int err;
	} table[] = {
		{ GRP_ADDR, DIST, 0 }, { GRP_ADDR, CPU, 0 },
		{ GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, ENXIO },
		{ GRP_IRQS, 0, 0 }, { GRP_CTRL, INIT, 0 },
		{ GRP_CTRL, 1, ENXIO }, { 77, 0, ENXIO },
		{ GRP_DIST, 0x000, 0 }, { GRP_DIST, 0x008, 0 },
		{ GRP_DIST, 0x00c, ENXIO }, { GRP_DIST, 0x402, ENXIO },
		{ GRP_DIST, 0x81c, 0 }, { GRP_DIST, 0xf00, 0 },
		{ GRP_DIST, 0xf2c, 0 }, { GRP_DIST, 0xfe8, ENXIO },
		{ GRP_DIST, 0x120, ENXIO },	/* of 256 interrupts */
		{ GRP_DIST, 0x11c, 0 },
		{ GRP_DIST, 1ull << 32, EINVAL },
		{ GRP_CPU, 0x00, 0 }, { GRP_CPU, 0x04, 0 },
		{ GRP_CPU, 0x0c, ENXIO }, { GRP_CPU, 0x1c, 0 },
		{ GRP_CPU, 0xdc, 0 }, { GRP_CPU, 0xe0, ENXIO },
		{ GRP_CPU, 0xfc, 0 }, { GRP_CPU, 0x1000, ENXIO },
	};
	struct vm vm;
	int dev = with_gic(&vm);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int err = attr(dev, KVM_HAS_DEVICE_ATTR, table[i].group,
			       table[i].which, NULL);

		if (err != table[i].err)
			return fail("group %u attr 0x%llx: %s instead of %s",
				    table[i].group,
				    (unsigned long long)table[i].which,
				    strerror(err), strerror(table[i].err));
	}
	close(dev);
	vm_close(&vm);
	return true;
}

/* What is read after a write; the guest has not run. */
static bool registers(void)
{
	static const struct {
		unsigned int group, offset;
		uint32_t write, read;
	} table[] = {
		{ GRP_DIST, 0x000, 1, 1 },
		{ GRP_DIST, 0x004, 0, 0x07 },
		{ GRP_DIST, 0x084, 0xff, 0 },	/* before IIDR is written */
		{ GRP_DIST, 0x104, 0x80000001, 0x80000001 },
		{ GRP_DIST, 0x184, 0x1, 0x80000000 },
		{ GRP_DIST, 0x204, 0x100, 0x100 },
		{ GRP_DIST, 0x284, 0x100, 0 },
		{ GRP_DIST, 0x200, 0x4, 0x4 },	/* an SGI, from oneself */
		{ GRP_DIST, 0xf20, 0, 0x10000 },
		{ GRP_DIST, 0x304, 0x200, 0x200 },
		{ GRP_DIST, 0x384, 0x200, 0 },
		{ GRP_DIST, 0x420, 0xff07a051, 0xf800a050 },
		{ GRP_DIST, 0x820, 0xff0302fd, 0x01010001 },
		{ GRP_DIST, 0xc08, 0xffffffff, 0xaaaaaaaa },
		{ GRP_DIST, 0xc00, 0, 0xaaaaaaaa },
		{ GRP_CPU, 0x00, 0x1, 0x1 },
		{ GRP_CPU, 0x04, 0x1e, 0x1e },
		{ GRP_CPU, 0x08, 0x3, 0x3 },
		{ GRP_CPU, 0x1c, 0x4, 0x4 },
		{ GRP_CPU, 0xd0, 0x8000, 0x8000 },
		{ GRP_CPU, 0xd4, 0x1, 0 },
	};
	uint32_t value, iidr;
	struct vm vm;
	int dev = with_gic(&vm);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		value = table[i].write;
		ERRNO(attr(dev, KVM_SET_DEVICE_ATTR, table[i].group,
			   table[i].offset, &value), 0);
		ERRNO(attr(dev, KVM_GET_DEVICE_ATTR, table[i].group,
			   table[i].offset, &value), 0);
		if (value != table[i].read)
			return fail("group %u 0x%x: 0x%x instead of 0x%x",
				    table[i].group, table[i].offset, value,
				    table[i].read);
	}
	/* IIDR is what it was, or an error; then groups may be written. */
	ERRNO(attr(dev, KVM_GET_DEVICE_ATTR, GRP_DIST, 8, &iidr), 0);
	value = iidr ^ 0x1000000;
	ERRNO(attr(dev, KVM_SET_DEVICE_ATTR, GRP_DIST, 8, &value), EINVAL);
	ERRNO(attr(dev, KVM_SET_DEVICE_ATTR, GRP_DIST, 8, &iidr), 0);
	value = 0xff;
	ERRNO(attr(dev, KVM_SET_DEVICE_ATTR, GRP_DIST, 0x84, &value), 0);
	ERRNO(attr(dev, KVM_GET_DEVICE_ATTR, GRP_DIST, 0x84, &value), 0);
	CHECK(value == 0xff);
	close(dev);
	vm_close(&vm);
	return true;
}

/* The older way to the same. */
static bool legacy(void)
{
	struct kvm_arm_device_addr addr = {
		.id = KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT | DIST,
		.addr = GICD,
	};
	struct kvm_arm_device_addr other = { .id = 7 << 16, .addr = GICD };
	struct vm vm;

	vm_open(&vm, system_fd);
	ERRNO(try(vm.fd, KVM_ARM_SET_DEVICE_ADDR, &addr), ENODEV);
	ERRNO(try(vm.fd, KVM_CREATE_IRQCHIP, NULL), 0);
	ERRNO(try(vm.fd, KVM_CREATE_IRQCHIP, NULL), EEXIST);
	ERRNO(try(vm.fd, KVM_ARM_SET_DEVICE_ADDR, &other), ENODEV);
	ERRNO(try(vm.fd, KVM_ARM_SET_DEVICE_ADDR, &addr), 0);
	ERRNO(try(vm.fd, KVM_ARM_SET_DEVICE_ADDR, &addr), EEXIST);
	addr.id = KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT | CPU;
	addr.addr = GICC;
	ERRNO(try(vm.fd, KVM_ARM_SET_DEVICE_ADDR, &addr), 0);
	CHECK(vm_load32(&vm, GICD + 4).value == 0x07);
	CHECK(vm_load32(&vm, GICC + 0x0c).value == SPURIOUS);
	vm_close(&vm);
	return true;
}

static bool no_addresses(void)
{
	struct result r;
	struct vm vm;

	vm_open(&vm, system_fd);
	ERRNO(try(vm.fd, KVM_CREATE_IRQCHIP, NULL), 0);
	r = vm_load(&vm, CODE_IPA);
	CHECK(r.how == ERROR && r.value == ENXIO);
	vm_close(&vm);
	return true;
}

/* --- interrupts in ------------------------------------------------------------ */

static int irq_line(struct vm *vm, unsigned int type, unsigned int vcpu,
		    unsigned int num, bool level)
{
	struct kvm_irq_level args = {
		.irq = type << KVM_ARM_IRQ_TYPE_SHIFT |
		       (vcpu & KVM_ARM_IRQ_VCPU_MASK) << KVM_ARM_IRQ_VCPU_SHIFT |
		       (vcpu / 256) << KVM_ARM_IRQ_VCPU2_SHIFT | num,
		.level = level,
	};

	return try(vm->fd, KVM_IRQ_LINE, &args);
}

#define TYPE_CPU	KVM_ARM_IRQ_TYPE_CPU
#define TYPE_SPI	KVM_ARM_IRQ_TYPE_SPI
#define TYPE_PPI	KVM_ARM_IRQ_TYPE_PPI

/* The SPI enabled, an edge if so asked, and everything open for it. */
static void open_spi(struct vm *vm, bool edge)
{
	vm_store32(vm, GICD_CTLR, 1);
	vm_store32(vm, GICD_ICFGR(SPI), edge ? 0xaaaaaaaa : 0);
	vm_store8(vm, GICD_ITARGETSR(SPI), 1);
	vm_store32(vm, GICD_ISENABLER(SPI), 1u << SPI % 32);
	vm_store32(vm, GICC_PMR, 0xff);
	vm_store32(vm, GICC_CTLR, 1);
}

static bool is_pending(struct vm *vm, unsigned int intid)
{
	return vm_load32(vm, GICD_ISPENDR(intid)).value >> intid % 32 & 1;
}

static bool irq_lines(void)
{
	static const struct {
		unsigned int type, vcpu, num;
		int err;
	} table[] = {
		{ TYPE_CPU, 0, 0, ENXIO }, { 3, 0, 0, EINVAL },
		{ TYPE_PPI, 0, 15, EINVAL }, { TYPE_PPI, 0, 16, 0 },
		{ TYPE_PPI, 0, 27, 0 },		/* the timer's: ignored */
		{ TYPE_PPI, 0, 31, 0 }, { TYPE_PPI, 0, 32, EINVAL },
		{ TYPE_PPI, 1, 16, EINVAL }, { TYPE_PPI, 256, 16, EINVAL },
		{ TYPE_SPI, 0, 31, EINVAL }, { TYPE_SPI, 0, 32, 0 },
		{ TYPE_SPI, 99, 255, 0 }, { TYPE_SPI, 0, 256, EINVAL },
		{ TYPE_SPI, 0, 0xffff, EINVAL },
	};
	struct vm vm;
	int dev;

	vm_open(&vm, system_fd);
	ERRNO(irq_line(&vm, TYPE_SPI, 0, SPI, true), ENXIO);
	ERRNO(irq_line(&vm, TYPE_PPI, 0, 16, true), ENXIO);
	vm_close(&vm);

	dev = with_gic(&vm);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int err = irq_line(&vm, table[i].type, table[i].vcpu,
				   table[i].num, true);

		if (err != table[i].err)
			return fail("type %u vCPU %u number %u: %s, not %s",
				    table[i].type, table[i].vcpu, table[i].num,
				    strerror(err), strerror(table[i].err));
	}
	CHECK(is_pending(&vm, 16));
	CHECK(!is_pending(&vm, 27));
	CHECK(is_pending(&vm, 32));
	ERRNO(irq_line(&vm, TYPE_PPI, 0, 16, false), 0);
	CHECK(!is_pending(&vm, 16));

	open_spi(&vm, false);
	ERRNO(irq_line(&vm, TYPE_SPI, 0, SPI, true), 0);
	CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
	CHECK(vm_load32(&vm, GICC_IAR).value == SPURIOUS);
	vm_store32(&vm, GICC_EOIR, SPI);
	CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
	ERRNO(irq_line(&vm, TYPE_SPI, 0, SPI, false), 0);
	vm_store32(&vm, GICC_EOIR, SPI);
	CHECK(vm_load32(&vm, GICC_IAR).value == SPURIOUS);
	close(dev);
	vm_close(&vm);
	return true;
}

/* --- irqfds ---------------------------------------------------------------------- */

static int irqfd(struct vm *vm, int fd, unsigned int gsi, unsigned int flags,
		 int resample)
{
	struct kvm_irqfd args = {
		.fd = fd,
		.gsi = gsi,
		.flags = flags,
		.resamplefd = resample,
	};

	return try(vm->fd, KVM_IRQFD, &args);
}

static void signal_fd(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) != sizeof(one))
		die("write to an eventfd");
}

/* Whether it was signalled; takes the count. */
static bool signalled(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == sizeof(count);
}

static int new_fd(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		die("eventfd");
	return fd;
}

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

/* --- ioeventfds ---------------------------------------------------------------------------- */

#define MATCH	KVM_IOEVENTFD_FLAG_DATAMATCH
#define REMOVE	KVM_IOEVENTFD_FLAG_DEASSIGN

static int ioeventfd(struct vm *vm, int fd, uint64_t addr, unsigned int len,
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

static bool ioeventfd_errors(void)
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

static bool ioeventfd_hits(void)
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
	{ "attributes", attributes },
	{ "has-attributes", has_attributes },
	{ "registers", registers },
	{ "legacy", legacy },
	{ "no-addresses", no_addresses },
	{ "irq-lines", irq_lines },
	{ "irqfds", irqfds },
	{ "resample", resample },
	{ "routes", routes },
	{ "ioeventfd-errors", ioeventfd_errors },
	{ "ioeventfd-hits", ioeventfd_hits },
	{ "short-circuit", short_circuit },
	{ "bitten-tail", bitten_tail },
};

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  NULL, NULL);
}
