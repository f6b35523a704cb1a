/* SPDX-License-Identifier: GPL-2.0-only */
/* Setup and teardown of the vGIC. Process context. */
#ifndef HVK_IRQ_INIT_H
#define HVK_IRQ_INIT_H

#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;

/*
 * At load: checks that GICH and GICV can be used, and counts the list registers. 0 or
 * -ENODEV.
 */
int hvk_vgic_probe(void);
/* The number of list registers, after hvk_vgic_probe(). Any context. */
unsigned int hvk_vgic_nr_lr(void);
void hvk_vgic_vm_init(struct hvk_vm *vm);	/* the VM has no vGIC yet */
/*
 * For a new vCPU with its idx set; vm->lock held. 0, -ENOMEM, -EBUSY (the vGIC is
 * initialised, its layout fixed), -EINVAL (more vCPUs than the GIC has room for).
 */
int hvk_vgic_vcpu_init(struct hvk_vcpu *vcpu);
void hvk_vgic_vcpu_destroy(struct hvk_vcpu *vcpu);
/* For a VM that is being freed: nothing injects interrupts any more. */
void hvk_vgic_vm_destroy(struct hvk_vm *vm);
/*
 * KVM_CREATE_IRQCHIP, or KVM_CREATE_DEVICE with that KVM_DEV_TYPE_*; takes vm->lock. 0,
 * -ENODEV (the host does not have that version), -EEXIST (there is a vGIC), -EBUSY (a
 * vCPU is in an ioctl, or has run), -E2BIG (too many vCPUs).
 */
int hvk_vgic_create(struct hvk_vm *vm, u32 device);
/*
 * Initialises the vGIC and fixes its layout, if not done yet; vm->lock held. 0, -ENODEV
 * (not created), -ENOMEM.
 */
int hvk_vgic_init(struct hvk_vm *vm);
/*
 * Before a vCPU's first entry: initialises the vGIC if there is one and it is not
 * ready, and maps GICV; vm->lock held. 0 or an errno; then the VM is dead.
 */
int hvk_vgic_first_run(struct hvk_vcpu *vcpu);

#endif /* HVK_IRQ_INIT_H */
