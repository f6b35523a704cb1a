/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HVK_KVM_USERS_H
#define HVK_KVM_USERS_H

#include <linux/types.h>

/*
 * Whether the kernel's own KVM has virtual machines. Process context. A look
 * from outside: one that is created at this moment can be missed; it then
 * fails to run (design section 3).
 */
bool hvk_kvm_has_vms(void);

#endif /* HVK_KVM_USERS_H */
