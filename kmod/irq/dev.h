/* SPDX-License-Identifier: GPL-2.0-only */
/* The vGIC as the VMM sees it. All in process context; these may take vm->lock. */
#ifndef HVK_IRQ_DEV_H
#define HVK_IRQ_DEV_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_create_device;
struct kvm_irq_level;

/*
 * KVM_CREATE_DEVICE; fills in user->fd, unless the call only tests. 0, or the errors of
 * hvk_vgic_create(), -EFAULT, -EMFILE, -ENOMEM: then there is no new vGIC and no fd.
 */
int hvk_vgic_create_device(struct hvk_vm *vm,
			   const struct kvm_create_device *args,
			   struct kvm_create_device __user *user);
/*
 * KVM_ARM_SET_DEVICE_ADDR: the IPA of a frame. 0, -ENODEV (no such device or frame),
 * -EEXIST (set already), -EINVAL (alignment, overflow), -E2BIG (beyond the IPA space).
 */
int hvk_vgic_set_addr(struct hvk_vm *vm, u64 id, u64 addr);
/*
 * KVM_IRQ_LINE; initialises the vGIC if that is not done yet. 0, -ENXIO (no vGIC),
 * -EINVAL (no such interrupt or vCPU), -ENOMEM.
 */
int hvk_vgic_irq_line(struct hvk_vm *vm, const struct kvm_irq_level *args);

#endif /* HVK_IRQ_DEV_H */
