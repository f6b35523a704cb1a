/* SPDX-License-Identifier: GPL-2.0-only */
/* The capabilities that hvk reports. */
#ifndef HVK_ABI_CAPS_H
#define HVK_ABI_CAPS_H

#include <linux/types.h>

struct hvk_vm;

/* KVM_CHECK_EXTENSION on /dev/hvk (vm is NULL) or on a VM: the capability's value or errno. */
long hvk_dev_check_extension(struct hvk_vm *vm, unsigned long cap);

#endif /* HVK_ABI_CAPS_H */
