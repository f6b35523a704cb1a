/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_KVM_ARM_H
#define KSHIM_KVM_ARM_H

/* HCR_EL2 (DDI 0487 D17.2.48) */
#define HCR_VSE			(1ULL << 8)
#define HCR_TVM			(1ULL << 26)

#endif
