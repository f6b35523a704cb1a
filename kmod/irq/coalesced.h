/* SPDX-License-Identifier: GPL-2.0-only */
/* Coalesced MMIO: KVM_{,UN}REGISTER_COALESCED_MMIO and the ring. */
#ifndef HVK_IRQ_COALESCED_H
#define HVK_IRQ_COALESCED_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_coalesced_mmio_zone;
struct page;

/* A VM is created. 0 or -ENOMEM. */
int hvk_coalesced_init(struct hvk_vm *vm);
void hvk_coalesced_destroy(struct hvk_vm *vm);
/* The ring's page, which every vCPU's mapping has behind the run page. */
struct page *hvk_coalesced_page(struct hvk_vm *vm);
/* 0, -EINVAL (pio is neither 0 nor 1), -ENOMEM, -ENOSPC. */
int hvk_coalesced_register(struct hvk_vm *vm,
			   const struct kvm_coalesced_mmio_zone *args);
/* Every zone that contains the given one goes. 0, -EINVAL. */
int hvk_coalesced_unregister(struct hvk_vm *vm,
			     const struct kvm_coalesced_mmio_zone *args);

#endif /* HVK_IRQ_COALESCED_H */
