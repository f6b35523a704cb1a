/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ID registers as guests see them: the host's, limited to what a guest may
 * use (HCR_EL2.TID3; DDI 0487 D17.2, G8.2). That limit is constant while the
 * module is loaded; below it the VMM chooses, for a VM as a whole.
 */
#ifndef HVK_IDREG_H
#define HVK_IDREG_H

#include <linux/types.h>

#include "base/esr.h"

/* All of them: op0 3, op1 0, CRn 0, CRm 1 to 7. */
#define HVK_IDREG_FIRST	HVK_SYSREG(3, 0, 0, 1, 0)
#define HVK_IDREG_LAST	HVK_SYSREG(3, 0, 0, 7, 7)
#define HVK_NR_IDREGS	(HVK_IDREG_LAST - HVK_IDREG_FIRST + 1)

static inline bool hvk_idreg_is(u32 enc)
{
	return enc >= HVK_IDREG_FIRST && enc <= HVK_IDREG_LAST;
}

/*
 * What of the value `host` of the ID register enc (HVK_SYSREG()) a guest sees;
 * a32: the host's EL0 knows AArch32. 0 for registers that are hidden or not
 * allocated. Pure.
 */
u64 hvk_idreg_limit(u32 enc, u64 host, bool a32);
/* Whether hvk_idreg_limit() looks at the host's value at all. Pure. */
bool hvk_idreg_known(u32 enc);

/* The bits of enc whose fields a VMM may lower. Pure. */
u64 hvk_idreg_mask(u32 enc);
/* Whether val has what `limit` has in enc, or less of it. Pure. */
bool hvk_idreg_within(u32 enc, u64 limit, u64 val);

/* The most a guest may see, from the host's sanitised value. Any context. */
u64 hvk_idreg_host(u32 enc);
/* What the PE has, for state that the module itself has to get right. */
bool hvk_idreg_has_pan(void);
bool hvk_idreg_has_ssbs(void);
bool hvk_idreg_has_a32_el0(void);
/* The kernel uses MPAM, which its command line can switch off. */
bool hvk_idreg_has_mpam(void);
unsigned int hvk_idreg_nr_brps(void);
unsigned int hvk_idreg_nr_wrps(void);

#endif /* HVK_IDREG_H */
