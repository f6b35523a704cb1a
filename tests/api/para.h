/* SPDX-License-Identifier: GPL-2.0-only */
/* VMs with hvk's hypercalls, for the programs that test hvk's own calls. */
#ifndef HVK_TESTS_API_PARA_H
#define HVK_TESTS_API_PARA_H

#include <sys/ioctl.h>
#include <unistd.h>

#include "gic.h"
#include "suite.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"

#define RAM	0x40000000ull
#define BLOCK	(2ull << 20)
#define SIZE	(2 * BLOCK)
#define MS	1000000ull

/* A VM with hypercalls and an interrupt controller. */
static inline void open_para(struct vm *vm, uint32_t flags)
{
	struct hvk_vm_para para = { .flags = flags };

	vm->fd = ioctl(system_fd, KVM_CREATE_VM, 0);
	if (vm->fd < 0 || ioctl(vm->fd, HVK_VM_PARA, &para))
		die("HVK_VM_PARA");
	vm_open_vcpu(vm, system_fd);
	close(vm_gic(vm, GICD, GICC));
}

#endif /* HVK_TESTS_API_PARA_H */
