/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HVK_EL2_KVM_USERS_H
#define HVK_EL2_KVM_USERS_H

#include <linux/types.h>

/*
 * Whether the kernel's own KVM has virtual machines: 1, 0, or -EINTR if the caller is
 * being killed. Process context. Without debugfs it may take long, but gives way to other
 * threads meanwhile. It looks from outside: a VM that is created at this moment can be
 * missed, and then fails to run (KVM_EXIT_FAIL_ENTRY).
 */
int hvk_kvm_has_vms(void);

#endif /* HVK_EL2_KVM_USERS_H */
