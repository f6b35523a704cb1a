/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMM's side of the vGIC. */
#ifndef HVK_IRQ_DEV_H
#define HVK_IRQ_DEV_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_create_device;
struct kvm_irq_level;

/*
 * KVM_CREATE_DEVICE; fills user->fd. 0, or as hvk_vgic_create(), -EFAULT, -EMFILE,
 * -ENOMEM: then there is no vGIC and no fd.
 */
int hvk_vgic_create_device(struct hvk_vm *vm,
			   const struct kvm_create_device *args,
			   struct kvm_create_device __user *user);
/* KVM_ARM_SET_DEVICE_ADDR. */
int hvk_vgic_set_addr(struct hvk_vm *vm, u64 id, u64 addr);
/* KVM_IRQ_LINE. 0, -ENXIO (no irqchip), -EINVAL (no such interrupt or vCPU). */
int hvk_vgic_irq_line(struct hvk_vm *vm, const struct kvm_irq_level *args);

#endif /* HVK_IRQ_DEV_H */
