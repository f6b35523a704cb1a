/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ID registers as guests see them: the host's, limited to what a guest may use
 * (HCR_EL2.TID3; DDI 0487 D17.2, G8.2). The limit is constant while the module is
 * loaded; the VMM may choose lower values, for a VM as a whole.
 */
#ifndef HVK_IDREG_H
#define HVK_IDREG_H

#include <linux/types.h>

#include "base/esr.h"

/* The encodings of ID registers: op0 3, op1 0, CRn 0, CRm 1 to 7. */
#define HVK_IDREG_FIRST	HVK_SYSREG(3, 0, 0, 1, 0)
#define HVK_IDREG_LAST	HVK_SYSREG(3, 0, 0, 7, 7)
#define HVK_NR_IDREGS	(HVK_IDREG_LAST - HVK_IDREG_FIRST + 1)

static inline bool hvk_idreg_is(u32 enc)
{
	return enc >= HVK_IDREG_FIRST && enc <= HVK_IDREG_LAST;
}

/*
 * Where an ID register is in an array of those with op0 3, op1 0, CRn 0, as
 * KVM_ARM_GET_REG_WRITABLE_MASKS and hvk_el2_vm.idreg have it: CRm * 8 + op2.
 */
static inline u32 hvk_idreg_index(u32 enc)
{
	return FIELD_GET(HVK_SYSREG_CRM, enc) << 3 |
	       FIELD_GET(HVK_SYSREG_OP2, enc);
}

/*
 * Limits `host`, the host's value of the ID register enc (HVK_SYSREG()), to what a
 * guest may see. a32: the host's EL0 has AArch32. 0 for registers that are hidden or
 * not allocated. Pure.
 */
u64 hvk_idreg_limit(u32 enc, u64 host, bool a32);
/* Whether enc is in the allowlist; for others hvk_idreg_limit() returns 0. Pure. */
bool hvk_idreg_known(u32 enc);

/* The bits of the ID register enc that are in fields which a VMM may lower. Pure. */
u64 hvk_idreg_mask(u32 enc);
/*
 * Whether a VMM may choose val for the ID register enc: no field of it exceeds that
 * of `limit`, and outside of hvk_idreg_mask() both are equal. Pure.
 */
bool hvk_idreg_within(u32 enc, u64 limit, u64 val);

/* hvk_idreg_limit() of the host's sanitised value. Any context. */
u64 hvk_idreg_host(u32 enc);
/*
 * Whether all PEs of the host have the feature, for state that the module itself
 * maintains. Any context.
 */
bool hvk_idreg_has_pan(void);
bool hvk_idreg_has_ssbs(void);
bool hvk_idreg_has_a32_el0(void);
/* Whether the kernel uses MPAM; its command line can switch that off. Any context. */
bool hvk_idreg_has_mpam(void);
/* The numbers of breakpoints and watchpoints that every PE has. Any context. */
unsigned int hvk_idreg_nr_brps(void);
unsigned int hvk_idreg_nr_wrps(void);

#endif /* HVK_IDREG_H */
