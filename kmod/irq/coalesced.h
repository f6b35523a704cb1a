/* SPDX-License-Identifier: GPL-2.0-only */
/* Coalesced MMIO: KVM_{,UN}REGISTER_COALESCED_MMIO and the ring. */
#ifndef HVK_IRQ_COALESCED_H
#define HVK_IRQ_COALESCED_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_coalesced_mmio_zone;
struct page;

/* For a VM that is being created: makes the ring. Process context. 0 or -ENOMEM. */
int hvk_coalesced_init(struct hvk_vm *vm);
/* For a VM that is being freed, or whose creation failed after hvk_coalesced_init(). */
void hvk_coalesced_destroy(struct hvk_vm *vm);
/* The ring's page, which the VMM maps behind the run page of every vCPU. */
struct page *hvk_coalesced_page(struct hvk_vm *vm);
/* KVM_REGISTER_COALESCED_MMIO. 0, -EINVAL (pio is neither 0 nor 1), -ENOMEM, -ENOSPC. */
int hvk_coalesced_register(struct hvk_vm *vm,
			   const struct kvm_coalesced_mmio_zone *args);
/*
 * KVM_UNREGISTER_COALESCED_MMIO: removes every zone that contains the given one. 0,
 * -EINVAL.
 */
int hvk_coalesced_unregister(struct hvk_vm *vm,
			     const struct kvm_coalesced_mmio_zone *args);

#endif /* HVK_IRQ_COALESCED_H */
