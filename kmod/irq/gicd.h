/* SPDX-License-Identifier: GPL-2.0-only */
/* The distributor, as the guest and the VMM reach it. */
#ifndef HVK_IRQ_GICD_H
#define HVK_IRQ_GICD_H

#include <linux/types.h>

struct hvk_vm;

/*
 * The vGIC is initialised, or its VMM has said where the distributor is: with the second
 * of the two the guest reaches it. Once for each, vm->lock held.
 */
void hvk_gicd_place(struct hvk_vm *vm);

#endif /* HVK_IRQ_GICD_H */
