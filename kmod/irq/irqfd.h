/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's irqfds (process context). */
#ifndef HVK_IRQ_IRQFD_H
#define HVK_IRQ_IRQFD_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_irqfd;

int hvk_irqfd(struct hvk_vm *vm, const struct kvm_irqfd *args);
/* A VM is created: no irqfds yet. 0 or -ENOMEM. */
int hvk_irqfds_init(struct hvk_vm *vm);
/* After hvk_irqfds_release(), or for a VM that never had a file. */
void hvk_irqfds_destroy(struct hvk_vm *vm);
/* The VM's file is closed: its irqfds go, and none comes after. */
void hvk_irqfds_release(struct hvk_vm *vm);
int hvk_irqfd_init(void);	/* at load: 0 or -ENOMEM */
void hvk_irqfd_exit(void);

#endif /* HVK_IRQ_IRQFD_H */
