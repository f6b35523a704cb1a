// SPDX-License-Identifier: GPL-2.0-only
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gic.h"
#include "suite.h"

int create_device(struct vm *vm, unsigned int type, unsigned int flags,
		  int *dev)
{
	struct kvm_create_device args = { .type = type, .flags = flags };
	int err = try(vm->fd, KVM_CREATE_DEVICE, &args);

	if (!err && dev)
		*dev = args.fd;
	return err;
}

int with_gic(struct vm *vm)
{
	vm_open(vm, system_fd);
	return vm_gic(vm, GICD, GICC);
}

void open_spi(struct vm *vm, bool edge)
{
	vm_store32(vm, GICD_CTLR, 1);
	vm_store32(vm, GICD_ICFGR(SPI), edge ? 0xaaaaaaaa : 0);
	vm_store8(vm, GICD_ITARGETSR(SPI), 1);
	vm_store32(vm, GICD_ISENABLER(SPI), 1u << SPI % 32);
	vm_store32(vm, GICC_PMR, 0xff);
	vm_store32(vm, GICC_CTLR, 1);
}

bool is_pending(struct vm *vm, unsigned int intid)
{
	return vm_load32(vm, GICD_ISPENDR(intid)).value >> intid % 32 & 1;
}

int irqfd(struct vm *vm, int fd, unsigned int gsi, unsigned int flags,
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

int new_fd(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		die("eventfd");
	return fd;
}

void signal_fd(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) != sizeof(one))
		die("write to an eventfd");
}

bool signalled(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == sizeof(count);
}

void many_fds(unsigned int nr)
{
	struct rlimit limit = { .rlim_cur = nr, .rlim_max = nr };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("setrlimit");
}
