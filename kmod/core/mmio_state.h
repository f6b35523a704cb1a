/* SPDX-License-Identifier: GPL-2.0-only */
/* An access of a guest to a device, and a VM's table of the devices that are in the module. */
#ifndef HVK_CORE_MMIO_STATE_H
#define HVK_CORE_MMIO_STATE_H

#include <linux/atomic.h>
#include <linux/types.h>

struct hvk_vcpu;

/* One access of a guest to a device, as every device in the module gets it. */
struct hvk_mmio {
	u64 ipa;
	u64 data;		/* read: filled in; write: zero-extended */
	u32 len;		/* 1, 2, 4 or 8 bytes */
	bool is_write;
	bool rung;		/* a write that no ioeventfd takes: they have been asked */
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

#define HVK_MAX_MMIO_REGIONS	8
#define HVK_MAX_MMIO_SNOOPERS	2

struct hvk_mmio_regions {
	unsigned int nr;	/* region[0..nr-1] are valid (release/acquire) */
	struct hvk_mmio_region region[HVK_MAX_MMIO_REGIONS];
	u64 first, end;		/* IPAs between which all regions are */
	/* What snoopers look for, all of them together; 0: they need not be asked. */
	atomic_t nr_snooped;
	/* Offered every write that no region takes; set before others know the VM. */
	unsigned int nr_snoopers;
	hvk_mmio_access *snooper[HVK_MAX_MMIO_SNOOPERS];
};

#endif /* HVK_CORE_MMIO_STATE_H */
