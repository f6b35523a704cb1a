/* SPDX-License-Identifier: GPL-2.0-only */
/* GICC_DIR: trapped while a vCPU has more interrupts than list registers. */
#ifndef HVK_IRQ_DIR_H
#define HVK_IRQ_DIR_H

#include <linux/types.h>

struct hvk_vm;

/*
 * Called once, when GICV has been mapped in stage-2: from now on, writes to its page
 * with GICC_DIR may trap. vm->lock held.
 */
void hvk_gicc_dir_place(struct hvk_vm *vm);
/*
 * Handles HVK_REQ_TRAP_DIR: unmaps the page with GICC_DIR; on return no TLB holds a
 * translation of it. Process context; sleeps.
 */
void hvk_vgic_trap_dir(struct hvk_vm *vm);

#endif /* HVK_IRQ_DIR_H */
