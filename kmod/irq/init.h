/* SPDX-License-Identifier: GPL-2.0-only */
/* The vGIC's life. */
#ifndef HVK_IRQ_INIT_H
#define HVK_IRQ_INIT_H

#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;

/* At load: GICH and GICV are fit, number of list registers. 0 or -ENODEV. */
int hvk_vgic_probe(void);
void hvk_vgic_vm_init(struct hvk_vm *vm);	/* no irqchip yet */
/*
 * For a new vCPU, its idx set, under vm->lock. 0, -ENOMEM, -EBUSY (the vGIC is
 * initialised, its layout fixed), -EINVAL (more than the GIC has room for).
 */
int hvk_vgic_vcpu_init(struct hvk_vcpu *vcpu);
void hvk_vgic_vcpu_destroy(struct hvk_vcpu *vcpu);
void hvk_vgic_vm_destroy(struct hvk_vm *vm);
/*
 * KVM_CREATE_IRQCHIP, or KVM_CREATE_DEVICE with that KVM_DEV_TYPE_*; takes vm->lock. 0,
 * -ENODEV (the host has not that version), -EEXIST, -EBUSY (a vCPU is in use or has run), -E2BIG.
 */
int hvk_vgic_create(struct hvk_vm *vm, u32 device);
/* Fixes the layout, if not done yet; vm->lock held. 0, -ENODEV, -ENOMEM. */
int hvk_vgic_init(struct hvk_vm *vm);
/* Before the first entry of a vCPU: initialise lazily, map GICV; vm->lock held. */
int hvk_vgic_first_run(struct hvk_vcpu *vcpu);

#endif /* HVK_IRQ_INIT_H */
