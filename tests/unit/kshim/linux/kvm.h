/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_KVM_H
#define KSHIM_KVM_H

/*
 * The ABI of arm64, whatever machine the tests run on: its <asm/kvm.h> comes
 * from the cross compiler's headers (see asm/kvm.h beside this).
 */
#include <linux/types.h>
#include_next <linux/kvm.h>

#endif
