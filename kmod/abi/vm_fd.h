/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's file. */
#ifndef HVK_ABI_VM_FD_H
#define HVK_ABI_VM_FD_H

#include <linux/types.h>

int hvk_vm_create_fd(unsigned long type);

#endif /* HVK_ABI_VM_FD_H */
