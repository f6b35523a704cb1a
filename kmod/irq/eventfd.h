/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ioeventfds, and the setup and teardown of all that has to do with eventfds. Process
 * context.
 */
#ifndef HVK_IRQ_EVENTFD_H
#define HVK_IRQ_EVENTFD_H

#include <linux/list.h>
#include <linux/types.h>

#include "core/vm.h"

struct kvm_ioeventfd;

/*
 * KVM_IOEVENTFD: adds or removes one. 0; -EINVAL (length, flags, overflow), -EEXIST
 * (another one matches the same write), -ENOSPC, -ENOENT (none to be removed), -ENOMEM,
 * or the error of eventfd_ctx_fdget().
 */
int hvk_ioeventfd(struct hvk_vm *vm, const struct kvm_ioeventfd *args);
/*
 * Whether the VM has any ioeventfd. No lock: if the VMM adds the first one just now, a
 * write may as well have come before. Any context.
 */
static inline bool hvk_ioeventfds_any(const struct hvk_vm *vm)
{
	return !list_empty(&vm->ioeventfds);
}

/*
 * Signals the ioeventfd that a guest's write of the low `len` bytes of data to ipa matches; false:
 * there is none. Process context; io_srcu not held.
 */
bool hvk_ioeventfds_ring(struct hvk_vm *vm, u64 ipa, u64 data, unsigned int len);
/* For a VM that is being created. 0 or -ENOMEM. */
int hvk_eventfd_init(struct hvk_vm *vm);
/* When the VM's file is closed: removes its ioeventfds and irqfds. Sleeps. */
void hvk_eventfd_release(struct hvk_vm *vm);
/* When the VM is freed, after hvk_eventfd_release() if it had a file: frees what is left. */
void hvk_eventfd_destroy(struct hvk_vm *vm);

#endif /* HVK_IRQ_EVENTFD_H */
