/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's accesses to devices, and each VM's table of the devices that are in the module.
 * The files with the devices, in other folders, register them.
 */
#ifndef HVK_CORE_MMIO_H
#define HVK_CORE_MMIO_H

#include <linux/limits.h>
#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;

/* One access of a guest to a device, as every device in the module gets it. */
struct hvk_mmio {
	u64 ipa;
	u64 data;		/* read: filled in; write: zero-extended */
	u32 len;		/* 1, 2, 4 or 8 bytes */
	bool is_write;
};

/*
 * Handles an access whose first byte is `offset` bytes into the region. true: it is done,
 * and for a read data is filled in. false: it is not this device's; the next region is
 * tried, and after the last one the VMM. On the vCPU's own thread; may sleep.
 */
typedef bool hvk_mmio_access(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio,
			     u64 offset);

struct hvk_mmio_region {
	u64 ipa, size;		/* bytes */
	hvk_mmio_access *access;
};

/* Size, from IPA 0, for a device that is offered every access, wherever it is. */
#define HVK_MMIO_ANYWHERE	U64_MAX

#define HVK_MAX_MMIO_REGIONS	8

struct hvk_mmio_regions {
	unsigned int nr;	/* region[0..nr-1] are valid (release/acquire) */
	struct hvk_mmio_region region[HVK_MAX_MMIO_REGIONS];
};

/*
 * Adds a region for as long as the VM lives. The one added last is tried first, so that a
 * device takes precedence over those registered before it with HVK_MMIO_ANYWHERE. vm->lock
 * is held, or nobody else knows the VM yet. Only the module's code determines the number of
 * regions, so that there is always room.
 */
void hvk_mmio_register(struct hvk_vm *vm, u64 ipa, u64 size,
		       hvk_mmio_access *access);
/* Whether a device in the module handled the access. On the vCPU's own thread; may sleep. */
bool hvk_mmio_in_kernel(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio);

#endif /* HVK_CORE_MMIO_H */
