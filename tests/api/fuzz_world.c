// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a round of the ioctl fuzzer has: numbers from its seed, open fds of each kind,
 * memory for guests, run pages, and VMs that work, to begin with.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"
#include "uapi/hvk.h"

#define PER_KIND	8
#define SAFE_FD		500	/* fds from here on are not closed by chance */
#define NR_RUN_PAGES	4

extern const char fuzz_guest_start[], fuzz_guest_entry[], fuzz_guest_end[];

struct fuzz_memory fuzz_memory;

static atomic_int fds[NR_KINDS][PER_KIND];
static struct kvm_run *_Atomic run_pages[NR_RUN_PAGES];

/* --- numbers ---------------------------------------------------------------------- */

struct rng rng_from(uint64_t seed, uint64_t salt)
{
	struct rng r = { (seed + salt * 0x9e3779b97f4a7c15) | 1 };

	for (int i = 0; i < 8; i++)
		rnd(&r);
	return r;
}

uint64_t rnd(struct rng *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1d;
}

uint64_t below(struct rng *r, uint64_t n)
{
	return (rnd(r) >> 11) % n;
}

bool one_in(struct rng *r, uint64_t n)
{
	return !below(r, n);
}

uint64_t odd_number(struct rng *r)
{
	return (1ull << below(r, 64)) + below(r, 3) - 1;
}

/* --- what there is ------------------------------------------------------------------ */

int fuzz_fd(struct rng *r, enum kind kind)
{
	if (one_in(r, 64))
		return ANY(r, -1, ~0u >> 1, 0, below(r, 64));
	return atomic_load(&fds[kind][below(r, PER_KIND)]);
}

void fuzz_keep(struct rng *r, enum kind kind, int fd)
{
	unsigned int at = below(r, PER_KIND);

	/* A free place first. */
	for (unsigned int i = 0; i < PER_KIND && atomic_load(&fds[kind][at]) >= 0; i++)
		at = (at + 1) % PER_KIND;
	fd = atomic_exchange(&fds[kind][at], fd);
	if (fd >= 0)
		close(fd);
}

void fuzz_close(struct rng *r, enum kind kind)
{
	int fd = atomic_exchange(&fds[kind][below(r, PER_KIND)], -1);

	if (fd >= 0)
		close(fd);
}

struct kvm_run *fuzz_run_page(struct rng *r)
{
	return atomic_load(&run_pages[below(r, NR_RUN_PAGES)]);
}

uint64_t fuzz_address(struct rng *r)
{
	uint64_t offset = below(r, FUZZ_RAM_SIZE / FUZZ_PAGE) * FUZZ_PAGE;

	switch (below(r, 10)) {
	case 0:
		return ANY(r, 0, 1, ~0ull, 0xffff000000000000, 0xffff800000000000,
			   0x0000fffffffff000, 1ull << 47);
	case 1:
		return (uintptr_t)fuzz_memory.code;
	case 2:
		return (uintptr_t)fuzz_run_page(r);
	case 3:
		return (uintptr_t)fuzz_memory.shared + offset;
	case 4:
		return (uintptr_t)fuzz_memory.ram + offset + FUZZ_PAGE - below(r, 32);
	case 5:
		return (uintptr_t)fuzz_memory.ram;
	default:
		return (uintptr_t)fuzz_memory.ram + offset;
	}
}

int fuzz_hide(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, SAFE_FD);

	close(fd);
	return high;
}

/* --- a VM that works, to begin with --------------------------------------------------- */

void fuzz_set_reg(int vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	ioctl(vcpu, KVM_SET_ONE_REG, &reg);
}

void fuzz_set_x(int vcpu, unsigned int n, uint64_t value)
{
	fuzz_set_reg(vcpu, KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		(KVM_REG_ARM_CORE_REG(regs.regs[0]) + 2 * n), value);
}

void fuzz_set_attr(int device, unsigned int group, uint64_t attr, uint64_t value)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (uintptr_t)&value };

	ioctl(device, KVM_SET_DEVICE_ATTR, &a);
}

void fuzz_give_memory(int vm)
{
	struct kvm_userspace_memory_region region[] = {
		{ 0, 0, FUZZ_CODE, fuzz_guest_end - fuzz_guest_start, (uintptr_t)fuzz_memory.code },
		{ 1, 0, FUZZ_RAM, FUZZ_RAM_SIZE, (uintptr_t)fuzz_memory.ram },
		{ 2, 0, FUZZ_RAM + FUZZ_RAM_SIZE, FUZZ_RAM_SIZE, (uintptr_t)fuzz_memory.shared },
	};

	for (unsigned int i = 0; i < 3; i++)
		ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region[i]);
}

void fuzz_map_run_page(struct rng *r, int vcpu)
{
	void *page = mmap(NULL, FUZZ_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	if (page == MAP_FAILED)
		return;
	page = atomic_exchange(&run_pages[below(r, NR_RUN_PAGES)], page);
	if (page)
		munmap(page, FUZZ_PAGE);
}

static void start_vcpu(struct rng *r, int vm, unsigned int id)
{
	struct kvm_vcpu_init init = { .target = KVM_ARM_TARGET_GENERIC_V8 };
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, id);

	if (vcpu < 0)
		return;
	init.features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2;
	ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
	fuzz_set_reg(vcpu, KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		KVM_REG_ARM_CORE_REG(regs.pc),
		one_in(r, 4) ? FUZZ_RAM : FUZZ_CODE + (fuzz_guest_entry - fuzz_guest_start));
	fuzz_set_reg(vcpu, ARM64_SYS_REG(3, 0, 12, 0, 0), FUZZ_CODE);	/* VBAR_EL1 */
	for (unsigned int n = 0; n < 31; n++)
		fuzz_set_x(vcpu, n, ANY(r, FUZZ_RAM, FUZZ_MMIO, FUZZ_GICD, rnd(r)));
	fuzz_set_x(vcpu, 19, FUZZ_RAM);
	fuzz_set_x(vcpu, 20, rnd(r));
	fuzz_set_x(vcpu, 21, 2 * FUZZ_RAM_SIZE - 8);
	fuzz_set_x(vcpu, 22, FUZZ_GICD);
	fuzz_set_x(vcpu, 23, FUZZ_GICC);
	fuzz_set_x(vcpu, 24, FUZZ_MMIO);
	fuzz_map_run_page(r, vcpu);
	fuzz_keep(r, VCPU, vcpu);
}

void fuzz_start_vm(struct rng *r)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	struct hvk_vm_para para = { .flags = HVK_PARA_TO_VMM };
	unsigned int vcpus = 1 + below(r, 3);
	int vm = ioctl(fuzz_fd(r, SYSTEM), KVM_CREATE_VM, 0);
	bool gic = !one_in(r, 4);

	if (vm < 0)
		return;
	fuzz_give_memory(vm);
	if (one_in(r, 2))
		ioctl(vm, HVK_VM_PARA, &para);
	if (gic)
		gic = !ioctl(vm, KVM_CREATE_DEVICE, &device);
	for (unsigned int i = 0; i < vcpus; i++)
		start_vcpu(r, vm, i);
	if (gic) {
		fuzz_set_attr(device.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST,
			 FUZZ_GICD);
		fuzz_set_attr(device.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU,
			 FUZZ_GICC);
		fuzz_set_attr(device.fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0);
		fuzz_keep(r, VGIC, device.fd);
	}
	fuzz_keep(r, VM, vm);
}

/* --- all of it ------------------------------------------------------------------------ */

void fuzz_restore_code(void)
{
	struct iovec from = { (void *)fuzz_guest_start, fuzz_guest_end - fuzz_guest_start };
	struct iovec to = { fuzz_memory.code, from.iov_len };

	process_vm_writev(getpid(), &from, 1, &to, 1, 0);
}

void fuzz_make_memory(void)
{
	size_t size = fuzz_guest_end - fuzz_guest_start;

	for (unsigned int k = 0; k < NR_KINDS; k++)
		for (unsigned int i = 0; i < PER_KIND; i++)
			fds[k][i] = -1;
	fuzz_memory.memfd = fuzz_hide(memfd_create("fuzz", MFD_CLOEXEC));
	if (fuzz_memory.memfd < 0 || ftruncate(fuzz_memory.memfd, FUZZ_RAM_SIZE))
		_exit(1);
	fuzz_memory.shared = mmap(NULL, FUZZ_RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
				  fuzz_memory.memfd, 0);
	fuzz_memory.ram = mmap(NULL, FUZZ_RAM_SIZE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fuzz_memory.code = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				-1, 0);
	if (fuzz_memory.shared == MAP_FAILED || fuzz_memory.ram == MAP_FAILED ||
	    fuzz_memory.code == MAP_FAILED)
		_exit(1);
	fuzz_restore_code();
}
