/* SPDX-License-Identifier: GPL-2.0-only */
/* ioeventfds, and the life of all that has to do with eventfds. */
#ifndef HVK_IRQ_EVENTFD_H
#define HVK_IRQ_EVENTFD_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_ioeventfd;

int hvk_ioeventfd(struct hvk_vm *vm, const struct kvm_ioeventfd *args);
/* A VM is created. 0 or -ENOMEM. */
int hvk_eventfd_init(struct hvk_vm *vm);
/* The VM's file is closed: ioeventfds and irqfds go. */
void hvk_eventfd_release(struct hvk_vm *vm);
/* Frees what is left, after hvk_eventfd_release(), when the VM is freed. */
void hvk_eventfd_destroy(struct hvk_vm *vm);

#endif /* HVK_IRQ_EVENTFD_H */
