/* SPDX-License-Identifier: GPL-2.0-only */
/* Making the table that routes GSIs to SPIs. */
#ifndef HVK_IRQ_ROUTES_H
#define HVK_IRQ_ROUTES_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_irq_routing;

/* KVM_SET_GSI_ROUTING: replaces the table. Process context. 0, -EINVAL, -EFAULT, -ENOMEM. */
int hvk_set_gsi_routing(struct hvk_vm *vm, struct kvm_irq_routing __user *args);

#endif /* HVK_IRQ_ROUTES_H */
