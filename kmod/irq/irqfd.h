/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's irqfds (process context). */
#ifndef HVK_IRQ_IRQFD_H
#define HVK_IRQ_IRQFD_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_irqfd;

/*
 * KVM_IRQFD: adds or removes one. 0; -EINVAL (flags), -EAGAIN (the vGIC is not
 * initialised), -EBUSY (the eventfd has an irqfd), -ENOSPC, -ENOMEM, or the error of
 * looking up an eventfd. To remove one that is not there is no error.
 */
int hvk_irqfd(struct hvk_vm *vm, const struct kvm_irqfd *args);
/* For a VM that is being created: no irqfds yet. 0 or -ENOMEM. */
int hvk_irqfds_init(struct hvk_vm *vm);
/* After hvk_irqfds_release(), or for a VM that never had a file: frees what is left. */
void hvk_irqfds_destroy(struct hvk_vm *vm);
/* When the VM's file is closed: removes its irqfds; none is added later. Sleeps. */
void hvk_irqfds_release(struct hvk_vm *vm);
int hvk_irqfd_init(void);	/* at load: 0 or -ENOMEM */
void hvk_irqfd_exit(void);

#endif /* HVK_IRQ_IRQFD_H */
