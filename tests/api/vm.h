/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM with one vCPU that executes one step at a time, for tests of the ioctl
 * ABI. The guest's stage 1 is off, or maps each address to itself: its addresses are IPAs.
 */
#ifndef HVK_TESTS_API_VM_H
#define HVK_TESTS_API_VM_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_IPA	0x10000000ull	/* the steps' instructions, slot 0 */
#define TABLE_IPA	0x18000000ull	/* vm_caches_on()'s table, in a slot of its own */
#define TABLE_SLOT	100
#define DONE_IPA	0x09000000ull	/* no memory: a store here ends a step */
#define FAULT_IPA	0x09000008ull	/* the guest's own handler: ESR_EL1 */

#define REG_X(n)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(regs.regs[n]))
#define REG_PC		(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(regs.pc))

struct vm {
	int fd, vcpu;
	struct kvm_run *run;
	size_t run_size;
	void *code;
};

/* How a step ended. */
enum how {
	DONE,		/* value: x0 */
	FAULT,		/* the guest took an exception; value: ESR_EL1 */
	MMIO_READ,	/* outside of memory; ipa */
	MMIO_WRITE,	/* the same; ipa, value */
	ERROR,		/* KVM_RUN failed; value: errno */
	OTHER,		/* value: exit_reason */
};

struct result {
	enum how how;
	uint64_t value, ipa;
};

extern const char *const how_names[];

/* All of these end the program if the host refuses. */
void vm_open(struct vm *vm, int system_fd);
/* The same, but an errno if there can be no VM now; 0 if it is open. */
int vm_try_open(struct vm *vm, int system_fd);
void vm_close(struct vm *vm);
/* KVM_ARM_VCPU_* bits of the vCPUs to be opened from now on; 0 at first. */
extern uint32_t vm_features;
/* The second half of vm_open(), for a VM that something was asked of before. */
void vm_open_vcpu(struct vm *vm, int system_fd);
/* KVM_ARM_VCPU_INIT, and what this vCPU needs for all calls below; also a second time. */
void vm_init(struct vm *vm);
/* A vCPU with this number takes the place of *vm's: of a copy, for a second one of a VM. */
void vm_add_vcpu(struct vm *vm, int system_fd, unsigned int id);
/* A GICv2 at these addresses, initialised; the device's fd. */
extern uint32_t vm_intids;	/* of those to be made from now on; 0: the least */
int vm_gic(struct vm *vm, uint64_t gicd, uint64_t gicc);
void vm_slot(struct vm *vm, unsigned int slot, unsigned int flags, uint64_t ipa,
	     uint64_t size, void *memory);
/* errno instead, 0 if it worked. */
int vm_try_slot(struct vm *vm, unsigned int slot, unsigned int flags,
		uint64_t ipa, uint64_t size, void *memory);

/* By KVM's identifier, 64 bits. */
void vm_set_reg(struct vm *vm, uint64_t id, uint64_t value);
uint64_t vm_get_reg(struct vm *vm, uint64_t id);
/*
 * The vCPU's stage 1 on, with caches: each address below 512 GiB is an IPA still, as
 * cacheable memory (Device where stage 2 says so). Between two steps; before, the guest's
 * accesses pass its caches by. Once a VM.
 */
void vm_caches_on(struct vm *vm);
#define REG_SCTLR_EL1	ARM64_SYS_REG(3, 0, 1, 0, 0)
#define SCTLR_M		(1ull << 0)
#define SCTLR_C		(1ull << 2)
#define SCTLR_I		(1ull << 12)
#define SCTLR_EE	(1ull << 25)

/* What vm_call() calls finds x3 and further registers as they were set here. */
void vm_set_x(struct vm *vm, unsigned int n, uint64_t value);

/* One instruction of the guest, with its operands. */
struct result vm_load(struct vm *vm, uint64_t ipa);
struct result vm_store(struct vm *vm, uint64_t ipa, uint64_t value);
struct result vm_load32(struct vm *vm, uint64_t ipa);
/* Stores the low word; the other half of the register is that of value. */
struct result vm_store32(struct vm *vm, uint64_t ipa, uint64_t value);
struct result vm_store8(struct vm *vm, uint64_t ipa, uint8_t value);
/*
 * Two stores one after the other, of the low word or byte of each value, or of WZR. For the
 * second one the module knows already that no memory is there. Ends with the first store
 * that leaves for the VMM.
 */
struct result vm_store32_pair(struct vm *vm, uint64_t ipa, uint64_t first, uint64_t second);
struct result vm_store8_pair(struct vm *vm, uint64_t ipa, uint64_t first, uint64_t second);
struct result vm_store_zero_pair(struct vm *vm, uint64_t ipa);
struct result vm_call(struct vm *vm, uint64_t ipa);
struct result vm_dc_civac(struct vm *vm, uint64_t ipa);
/* x0 to x3 of an HVC, before and after; DONE if it came back, else as run. */
struct result vm_hvc(struct vm *vm, uint64_t x[4]);
/*
 * For each of `pages` pages from ipa on, `rounds` times: store, load; what was
 * loaded must be what was stored, or 0. DONE with the number of other values.
 */
struct result vm_churn(struct vm *vm, uint64_t ipa, uint64_t pages,
		       uint64_t rounds);

/* A word in each of `pages` pages from ipa on: its own address. */
struct result vm_fill(struct vm *vm, uint64_t ipa, uint64_t pages);
/* DONE with the number of those that are not as vm_fill() left them. */
struct result vm_verify(struct vm *vm, uint64_t ipa, uint64_t pages,
			uint64_t rounds);
/* Loads from ipa again and again; DONE with what it loaded after flag was not 0. */
struct result vm_watch(struct vm *vm, uint64_t ipa, uint64_t flag);

void die(const char *what);

/* CLOCK_MONOTONIC. */
uint64_t now_ns(void);

/* From now on this thread runs on that CPU alone. */
void bind_to(int cpu);

#endif /* HVK_TESTS_API_VM_H */
