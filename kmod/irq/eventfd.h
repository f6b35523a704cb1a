/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ioeventfds, and the setup and teardown of all that has to do with eventfds. Process
 * context.
 */
#ifndef HVK_IRQ_EVENTFD_H
#define HVK_IRQ_EVENTFD_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_ioeventfd;

/*
 * KVM_IOEVENTFD: adds or removes one. 0; -EINVAL (length, flags, overflow), -EEXIST
 * (another one matches the same write), -ENOSPC, -ENOENT (none to be removed), -ENOMEM,
 * or the error of eventfd_ctx_fdget().
 */
int hvk_ioeventfd(struct hvk_vm *vm, const struct kvm_ioeventfd *args);
/* For a VM that is being created. 0 or -ENOMEM. */
int hvk_eventfd_init(struct hvk_vm *vm);
/* When the VM's file is closed: removes its ioeventfds and irqfds. Sleeps. */
void hvk_eventfd_release(struct hvk_vm *vm);
/* When the VM is freed, after hvk_eventfd_release() if it had a file: frees what is left. */
void hvk_eventfd_destroy(struct hvk_vm *vm);

#endif /* HVK_IRQ_EVENTFD_H */
