/* SPDX-License-Identifier: GPL-2.0-only */
/* GICC_DIR, where list registers run short. */
#ifndef HVK_IRQ_DIR_H
#define HVK_IRQ_DIR_H

#include <linux/types.h>

struct hvk_vm;

/* GICV is in stage-2: from now on writes to its page with GICC_DIR may come here. vm->lock. */
void hvk_gicc_dir_place(struct hvk_vm *vm);
/*
 * Handles HVK_REQ_TRAP_DIR: unmaps the page; on return no PE holds a translation of it.
 * Process context.
 */
void hvk_vgic_trap_dir(struct hvk_vm *vm);

#endif /* HVK_IRQ_DIR_H */
