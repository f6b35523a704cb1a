/* SPDX-License-Identifier: GPL-2.0-only */
/* The table that routes GSIs to SPIs, and its lookups. */
#ifndef HVK_IRQ_ROUTING_H
#define HVK_IRQ_ROUTING_H

#include <linux/types.h>

#include "irq/vgic_state.h"

struct hvk_vm;

#define HVK_MAX_ROUTES		4096	/* number of GSIs */
/* Pins of the only irqchip, as in KVM. */
#define HVK_NR_PINS		HVK_NR_SPI
#define HVK_NO_ROUTE		U16_MAX

struct hvk_routing {
	u16 gsi[HVK_NR_PINS];	/* pin to GSI, or HVK_NO_ROUTE; of several the last, as in KVM */
	u32 nr;
	u16 pin[];		/* GSI to pin, which is INTID - 32, or HVK_NO_ROUTE */
};

/* The INTID of the SPI behind a GSI, or 0 if there is none; any context. */
u32 hvk_gsi_to_intid(struct hvk_vm *vm, u32 gsi);
/*
 * The GSI whose irqfds are told of this SPI's EOI; false if there is none. io_srcu or
 * io_lock held.
 */
bool hvk_intid_to_gsi(struct hvk_vm *vm, u32 intid, u32 *gsi);

#endif /* HVK_IRQ_ROUTING_H */
