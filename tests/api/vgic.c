// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgic - the interrupt controller through the ioctl ABI: the VGIC_V2 device, the
 * older calls, KVM_IRQ_LINE; vgic_race.c has what comes at the same time.
 *
 *   vgic DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gic.h"
#include "suite.h"
#include "vgic_race.h"

#define UNDEF		(~0ull)

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

#define GRP_ADDR	KVM_DEV_ARM_VGIC_GRP_ADDR
#define GRP_IRQS	KVM_DEV_ARM_VGIC_GRP_NR_IRQS
#define GRP_CTRL	KVM_DEV_ARM_VGIC_GRP_CTRL
#define GRP_DIST	KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define GRP_CPU		KVM_DEV_ARM_VGIC_GRP_CPU_REGS
#define DIST		KVM_VGIC_V2_ADDR_TYPE_DIST
#define CPU		KVM_VGIC_V2_ADDR_TYPE_CPU
#define INIT		KVM_DEV_ARM_VGIC_CTRL_INIT

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

/* --- lines --------------------------------------------------------------- */

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

static const struct test tests[] = {
	{ "attributes", attributes },
	{ "has-attributes", has_attributes },
	{ "registers", registers },
	{ "legacy", legacy },
	{ "no-addresses", no_addresses },
	{ "irq-lines", irq_lines },
	{ "race-lost", race_lost },
	{ "race-silence", race_silence },
};

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  NULL, NULL);
}
