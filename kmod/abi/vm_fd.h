/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's file. */
#ifndef HVK_ABI_VM_FD_H
#define HVK_ABI_VM_FD_H

#include <linux/types.h>

/*
 * KVM_CREATE_VM; `type` is the size of the IPA space in bits, or 0 for the default. Process
 * context. An fd, -EINVAL (type), -ENOMEM, or what hvk_el2_get() or creating a file returns.
 */
int hvk_vm_create_fd(unsigned long type);

#endif /* HVK_ABI_VM_FD_H */
