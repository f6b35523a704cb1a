/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's accesses to devices, and the devices that the module answers for itself: a
 * table of each VM, which files of other rooms fill in.
 */
#ifndef HVK_CORE_MMIO_H
#define HVK_CORE_MMIO_H

#include <linux/limits.h>
#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;

/* One access of the guest to a device; every in-kernel device takes and fills this. */
struct hvk_mmio {
	u64 ipa;
	u64 data;		/* read: filled in; write: zero-extended */
	u32 len;		/* 1, 2, 4 or 8 bytes */
	bool is_write;
};

/*
 * Answers an access whose first byte is `offset` bytes behind the region's beginning.
 * true: it is done, and data is filled in for a read. false: it is not this device's, and
 * the next one is asked, at last the VMM. On the vCPU's own thread; may sleep.
 */
typedef bool hvk_mmio_access(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio,
			     u64 offset);

struct hvk_mmio_region {
	u64 ipa, size;		/* bytes */
	hvk_mmio_access *access;
};

/* For a device that looks at every access, wherever it is. */
#define HVK_MMIO_ANYWHERE	U64_MAX

#define HVK_MAX_MMIO_REGIONS	8

struct hvk_mmio_regions {
	unsigned int nr;	/* region[0..nr-1] are valid (release/acquire) */
	struct hvk_mmio_region region[HVK_MAX_MMIO_REGIONS];
};

/*
 * Adds a region for as long as the VM lives. What was added last is asked first, so that a
 * device lies above those that are asked ANYWHERE. vm->lock is held, or nobody else knows
 * the VM yet. The number of regions follows from the module's code alone, so that there is
 * always room.
 */
void hvk_mmio_register(struct hvk_vm *vm, u64 ipa, u64 size,
		       hvk_mmio_access *access);
/* Whether a device in the module answered the access. On the vCPU's own thread; may sleep. */
bool hvk_mmio_in_kernel(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio);

#endif /* HVK_CORE_MMIO_H */
