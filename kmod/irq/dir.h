/* SPDX-License-Identifier: GPL-2.0-only */
/* GICC_DIR, where list registers run short. */
#ifndef HVK_IRQ_DIR_H
#define HVK_IRQ_DIR_H

#include <linux/types.h>

struct hvk_mmio;
struct hvk_vcpu;
struct hvk_vm;

/* GICC_DIR, while it is not in stage-2: the same. Process context. */
bool hvk_vgic_dir_mmio(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio);
/* HVK_REQ_TRAP_DIR: process context, returns when no PE has a translation left. */
void hvk_vgic_trap_dir(struct hvk_vm *vm);

#endif /* HVK_IRQ_DIR_H */
