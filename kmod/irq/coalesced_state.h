/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's zones of coalesced MMIO, and their ring. */
#ifndef HVK_IRQ_COALESCED_STATE_H
#define HVK_IRQ_COALESCED_STATE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct kvm_coalesced_mmio_ring;

struct hvk_coalesced {
	spinlock_t lock;	/* protects all below, and adding to the ring */
	struct list_head zones;
	unsigned int nr;	/* of zones */
	struct kvm_coalesced_mmio_ring *ring;	/* one page, shared with the VMM */
};

#endif /* HVK_IRQ_COALESCED_STATE_H */
