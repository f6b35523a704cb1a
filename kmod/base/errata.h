/* SPDX-License-Identifier: GPL-2.0-only */
/* The errata of cores that EL2 has to work around. */
#ifndef HVK_BASE_ERRATA_H
#define HVK_BASE_ERRATA_H

#include <linux/types.h>

/*
 * The workarounds that a core with this MIDR_EL1 needs: HVK_EL2_F_SPEC_AT,
 * HVK_EL2_F_REPEAT_TLBI and HVK_EL2_F_834220, or 0. Pure.
 */
u64 hvk_errata_flags(u32 midr);

#endif /* HVK_BASE_ERRATA_H */
