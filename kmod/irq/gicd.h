/* SPDX-License-Identifier: GPL-2.0-only */
/* The distributor, as the guest and the VMM access it. */
#ifndef HVK_IRQ_GICD_H
#define HVK_IRQ_GICD_H

#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;

/*
 * Called twice: when the vGIC is initialised, and when the VMM has set the
 * distributor's address. The later call makes the distributor reachable for the guest.
 * vm->lock held.
 */
void hvk_gicd_place(struct hvk_vm *vm);

/*
 * Before the VM's first entry, vm->lock held: EL2's image gets the registers that are no
 * interrupt's. vcpu: any of the VM's.
 */
void hvk_gicd_image(struct hvk_vcpu *vcpu);

#endif /* HVK_IRQ_GICD_H */
