// SPDX-License-Identifier: GPL-2.0-only
/* A VM that executes one step at a time: see vm.h. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

/* guest.S */
extern const char guest_start[], guest_load[], guest_store[], guest_call[];
extern const char guest_load32[], guest_store32[], guest_store8[];
extern const char guest_store32_pair[], guest_store8_pair[], guest_store_zero_pair[];
extern const char guest_dc_civac[], guest_hvc[], guest_churn[], guest_watch[];
extern const char guest_fill[], guest_verify[];
extern const char guest_end[];

#define REG_VBAR_EL1	ARM64_SYS_REG(3, 0, 12, 0, 0)
#define REG_TTBR0_EL1	ARM64_SYS_REG(3, 0, 2, 0, 0)
#define REG_TCR_EL1	ARM64_SYS_REG(3, 0, 2, 0, 2)
#define REG_MAIR_EL1	ARM64_SYS_REG(3, 0, 10, 2, 0)

#define CODE_SIZE	8192

const char *const how_names[] = {
	"done", "fault", "mmio read", "mmio write", "error", "other exit",
};

uint32_t vm_features;
uint32_t vm_intids;

void die(const char *what)
{
	perror(what);
	exit(1);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

void bind_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

void vm_set_reg(struct vm *vm, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	if (ioctl(vm->vcpu, KVM_SET_ONE_REG, &reg))
		die("KVM_SET_ONE_REG");
}

void vm_set_x(struct vm *vm, unsigned int n, uint64_t value)
{
	vm_set_reg(vm, REG_X(n), value);
}

int vm_try_slot(struct vm *vm, unsigned int slot, unsigned int flags,
		uint64_t ipa, uint64_t size, void *memory)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = ipa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region) ? errno : 0;
}

void vm_slot(struct vm *vm, unsigned int slot, unsigned int flags, uint64_t ipa,
	     uint64_t size, void *memory)
{
	errno = vm_try_slot(vm, slot, flags, ipa, size, memory);
	if (errno)
		die("KVM_SET_USER_MEMORY_REGION");
}

uint64_t vm_get_reg(struct vm *vm, uint64_t id)
{
	uint64_t value;
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	if (ioctl(vm->vcpu, KVM_GET_ONE_REG, &reg))
		die("KVM_GET_ONE_REG");
	return value;
}

int vm_try_open(struct vm *vm, int system_fd)
{
	/* The kernel's mmu_notifier_register() ends with EINTR for any signal, or work of io_uring. */
	do {
		vm->fd = ioctl(system_fd, KVM_CREATE_VM, 0);
	} while (vm->fd < 0 && errno == EINTR);
	if (vm->fd < 0)
		return errno;
	vm_open_vcpu(vm, system_fd);
	return 0;
}

void vm_open(struct vm *vm, int system_fd)
{
	errno = vm_try_open(vm, system_fd);
	if (errno)
		die("KVM_CREATE_VM");
}

void vm_init(struct vm *vm)
{
	struct kvm_vcpu_init init = {};

	if (ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init))
		die("KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= vm_features;
	if (ioctl(vm->vcpu, KVM_ARM_VCPU_INIT, &init))
		die("KVM_ARM_VCPU_INIT");
	vm_set_reg(vm, REG_VBAR_EL1, CODE_IPA);
	vm_set_reg(vm, REG_X(2), DONE_IPA);
}

void vm_add_vcpu(struct vm *vm, int system_fd, unsigned int id)
{
	vm->vcpu = ioctl(vm->fd, KVM_CREATE_VCPU, id);
	if (vm->vcpu < 0)
		die("KVM_CREATE_VCPU");
	vm_init(vm);
	vm->run_size = ioctl(system_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	vm->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		       vm->vcpu, 0);
	if (vm->run == MAP_FAILED)
		die("mmap");
}

void vm_open_vcpu(struct vm *vm, int system_fd)
{
	vm_add_vcpu(vm, system_fd, 0);
	vm->code = mmap(NULL, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm->code == MAP_FAILED)
		die("mmap");
	memcpy(vm->code, guest_start, guest_end - guest_start);
	__builtin___clear_cache(vm->code, (char *)vm->code + CODE_SIZE);
	vm_slot(vm, 0, 0, CODE_IPA, CODE_SIZE, vm->code);
}

int vm_gic(struct vm *vm, uint64_t gicd, uint64_t gicc)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	struct kvm_device_attr attr = {
		.group = KVM_DEV_ARM_VGIC_GRP_ADDR,
		.attr = KVM_VGIC_V2_ADDR_TYPE_DIST,
		.addr = (uintptr_t)&gicd,
	};
	int err = ioctl(vm->fd, KVM_CREATE_DEVICE, &dev);

	err = err ?: ioctl(dev.fd, KVM_SET_DEVICE_ATTR, &attr);
	attr.attr = KVM_VGIC_V2_ADDR_TYPE_CPU;
	attr.addr = (uintptr_t)&gicc;
	err = err ?: ioctl(dev.fd, KVM_SET_DEVICE_ATTR, &attr);
	if (vm_intids && !err) {
		attr.group = KVM_DEV_ARM_VGIC_GRP_NR_IRQS;
		attr.attr = 0;
		attr.addr = (uintptr_t)&vm_intids;
		err = ioctl(dev.fd, KVM_SET_DEVICE_ATTR, &attr);
	}
	attr.group = KVM_DEV_ARM_VGIC_GRP_CTRL;
	attr.attr = KVM_DEV_ARM_VGIC_CTRL_INIT;
	err = err ?: ioctl(dev.fd, KVM_SET_DEVICE_ATTR, &attr);
	if (err)
		die("VGIC_V2");
	return dev.fd;
}

/* DDI 0487 D8.3: a block descriptor of level 1, 1 GiB. */
#define BLOCKS		512u
#define BLOCK_SHIFT	30
#define BLOCK_VALID	1ull
#define BLOCK_SH_INNER	(3ull << 8)
#define BLOCK_AF	(1ull << 10)	/* or the first access would be a fault */
/* DDI 0487 D17.2.131: 39 bits of VA begin at level 1; no TTBR1_EL1. */
#define TCR_T0SZ	25ull
#define TCR_WALK_WB	(1ull << 8 | 1ull << 10 | 3ull << 12)	/* IRGN0, ORGN0, SH0 */
#define TCR_EPD1	(1ull << 23)
#define TCR_IPS_40	(2ull << 32)
#define MAIR_WB		0xffull		/* attribute 0, which the blocks have */

void vm_caches_on(struct vm *vm)
{
	/* The guest only reads it, so that all VMs can have the same one. */
	static uint64_t table[BLOCKS] __attribute__((aligned(4096)));

	for (uint64_t i = 0; i < BLOCKS; i++)
		table[i] = i << BLOCK_SHIFT | BLOCK_AF | BLOCK_SH_INNER | BLOCK_VALID;
	vm_slot(vm, TABLE_SLOT, KVM_MEM_READONLY, TABLE_IPA, sizeof(table), table);
	vm_set_reg(vm, REG_MAIR_EL1, MAIR_WB);
	vm_set_reg(vm, REG_TCR_EL1, TCR_T0SZ | TCR_WALK_WB | TCR_EPD1 | TCR_IPS_40);
	vm_set_reg(vm, REG_TTBR0_EL1, TABLE_IPA);
	vm_set_reg(vm, REG_SCTLR_EL1,
		   vm_get_reg(vm, REG_SCTLR_EL1) | SCTLR_M | SCTLR_C | SCTLR_I);
}

void vm_close(struct vm *vm)
{
	munmap(vm->run, vm->run_size);
	munmap(vm->code, CODE_SIZE);
	close(vm->vcpu);
	close(vm->fd);
}

static struct result step(struct vm *vm, const char *code)
{
	struct result r = { OTHER, 0, 0 };

	vm_set_reg(vm, REG_PC, CODE_IPA + (code - guest_start));
	if (ioctl(vm->vcpu, KVM_RUN, 0)) {
		r.how = ERROR;
		r.value = errno;
		return r;
	}
	r.value = vm->run->exit_reason;
	if (vm->run->exit_reason != KVM_EXIT_MMIO)
		return r;
	r.ipa = vm->run->mmio.phys_addr;
	memcpy(&r.value, vm->run->mmio.data, sizeof(r.value));
	if (!vm->run->mmio.is_write)
		r.how = MMIO_READ;
	else
		r.how = r.ipa == DONE_IPA ? DONE :
			r.ipa == FAULT_IPA ? FAULT : MMIO_WRITE;
	/* KVM of 6.1 extends the sign into ESR_EL1's reserved bits. */
	if (r.how == FAULT)
		r.value = (uint32_t)r.value;
	/* The access ends with the next RUN: not in the next step. */
	memset(vm->run->mmio.data, 0, sizeof(vm->run->mmio.data));
	vm->run->immediate_exit = 1;
	if (!ioctl(vm->vcpu, KVM_RUN, 0) || errno != EINTR)
		die("KVM_RUN with immediate_exit");
	vm->run->immediate_exit = 0;
	return r;
}

struct result vm_load(struct vm *vm, uint64_t ipa)
{
	vm_set_reg(vm, REG_X(1), ipa);
	return step(vm, guest_load);
}

struct result vm_store(struct vm *vm, uint64_t ipa, uint64_t value)
{
	vm_set_reg(vm, REG_X(0), value);
	vm_set_reg(vm, REG_X(1), ipa);
	return step(vm, guest_store);
}

struct result vm_load32(struct vm *vm, uint64_t ipa)
{
	vm_set_reg(vm, REG_X(1), ipa);
	return step(vm, guest_load32);
}

struct result vm_store32(struct vm *vm, uint64_t ipa, uint64_t value)
{
	vm_set_reg(vm, REG_X(0), value);
	vm_set_reg(vm, REG_X(1), ipa);
	return step(vm, guest_store32);
}

struct result vm_store8(struct vm *vm, uint64_t ipa, uint8_t value)
{
	vm_set_reg(vm, REG_X(0), value);
	vm_set_reg(vm, REG_X(1), ipa);
	return step(vm, guest_store8);
}

static struct result pair(struct vm *vm, const char *code, uint64_t ipa, uint64_t first,
			  uint64_t second)
{
	vm_set_reg(vm, REG_X(0), first);
	vm_set_reg(vm, REG_X(1), ipa);
	vm_set_reg(vm, REG_X(3), second);
	return step(vm, code);
}

struct result vm_store32_pair(struct vm *vm, uint64_t ipa, uint64_t first, uint64_t second)
{
	return pair(vm, guest_store32_pair, ipa, first, second);
}

struct result vm_store8_pair(struct vm *vm, uint64_t ipa, uint64_t first, uint64_t second)
{
	return pair(vm, guest_store8_pair, ipa, first, second);
}

struct result vm_store_zero_pair(struct vm *vm, uint64_t ipa)
{
	return pair(vm, guest_store_zero_pair, ipa, 0, 0);
}

struct result vm_call(struct vm *vm, uint64_t ipa)
{
	vm_set_reg(vm, REG_X(1), ipa);
	return step(vm, guest_call);
}

struct result vm_dc_civac(struct vm *vm, uint64_t ipa)
{
	vm_set_reg(vm, REG_X(0), 0);
	vm_set_reg(vm, REG_X(1), ipa);
	return step(vm, guest_dc_civac);
}

struct result vm_churn(struct vm *vm, uint64_t ipa, uint64_t pages,
		       uint64_t rounds)
{
	vm_set_reg(vm, REG_X(1), ipa);
	vm_set_reg(vm, REG_X(3), pages);
	vm_set_reg(vm, REG_X(4), rounds);
	return step(vm, guest_churn);
}

struct result vm_hvc(struct vm *vm, uint64_t x[4])
{
	struct result r;

	for (int i = 0; i < 4; i++)
		vm_set_reg(vm, REG_X(i), x[i]);
	vm_set_reg(vm, REG_X(4), DONE_IPA);
	r = step(vm, guest_hvc);
	for (int i = 0; i < 4; i++)
		x[i] = vm_get_reg(vm, REG_X(i));
	vm_set_reg(vm, REG_X(2), DONE_IPA);
	return r;
}

struct result vm_watch(struct vm *vm, uint64_t ipa, uint64_t flag)
{
	vm_set_reg(vm, REG_X(1), ipa);
	vm_set_reg(vm, REG_X(3), flag);
	return step(vm, guest_watch);
}

struct result vm_fill(struct vm *vm, uint64_t ipa, uint64_t pages)
{
	vm_set_reg(vm, REG_X(1), ipa);
	vm_set_reg(vm, REG_X(3), pages);
	return step(vm, guest_fill);
}

struct result vm_verify(struct vm *vm, uint64_t ipa, uint64_t pages,
			uint64_t rounds)
{
	vm_set_reg(vm, REG_X(1), ipa);
	vm_set_reg(vm, REG_X(3), pages);
	vm_set_reg(vm, REG_X(4), rounds);
	return step(vm, guest_verify);
}
