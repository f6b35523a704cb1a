/* SPDX-License-Identifier: GPL-2.0-only */
/* GICC_DIR, where list registers run short. */
#ifndef HVK_IRQ_DIR_H
#define HVK_IRQ_DIR_H

#include <linux/types.h>

struct hvk_mmio;
struct hvk_vcpu;
struct hvk_vm;

/* GICC_DIR while its page is not in stage-2; true if mmio->ipa lies there. Process context. */
bool hvk_vgic_dir_mmio(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio);
/*
 * Handles HVK_REQ_TRAP_DIR: unmaps the page; on return no PE holds a translation of it.
 * Process context.
 */
void hvk_vgic_trap_dir(struct hvk_vm *vm);

#endif /* HVK_IRQ_DIR_H */
