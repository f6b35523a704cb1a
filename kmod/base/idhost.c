// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's side of the ID registers: the kernel's sanitised values, which
 * hold on every CPU of the host (EL1, any context).
 */
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "base/esr.h"
#include "base/idreg.h"

/* ID_AA64PFR0_EL1, ID_AA64PFR1_EL1, ID_AA64MMFR1_EL1 */
#define PFR0_EL0	GENMASK_ULL(3, 0)
#define PFR0_EL0_A32	2
#define PFR1_SSBS	GENMASK_ULL(7, 4)
#define PFR0_MPAM	GENMASK_ULL(43, 40)
#define PFR1_MPAM_FRAC	GENMASK_ULL(19, 16)
#define MMFR1_PAN	GENMASK_ULL(23, 20)
/* ID_AA64DFR0_EL1: number of breakpoints, of watchpoints, minus one */
#define DFR0_BRPS	GENMASK_ULL(15, 12)
#define DFR0_WRPS	GENMASK_ULL(23, 20)

static u64 host_value(u32 enc)
{
	return read_sanitised_ftr_reg(sys_reg(FIELD_GET(HVK_SYSREG_OP0, enc),
					      FIELD_GET(HVK_SYSREG_OP1, enc),
					      FIELD_GET(HVK_SYSREG_CRN, enc),
					      FIELD_GET(HVK_SYSREG_CRM, enc),
					      FIELD_GET(HVK_SYSREG_OP2, enc)));
}

bool hvk_idreg_has_a32_el0(void)
{
	return FIELD_GET(PFR0_EL0, host_value(HVK_SYSREG(3, 0, 0, 4, 0))) ==
	       PFR0_EL0_A32;
}

bool hvk_idreg_has_ssbs(void)
{
	return FIELD_GET(PFR1_SSBS, host_value(HVK_SYSREG(3, 0, 0, 4, 1)));
}

bool hvk_idreg_has_pan(void)
{
	return FIELD_GET(MMFR1_PAN, host_value(HVK_SYSREG(3, 0, 0, 7, 1)));
}

bool hvk_idreg_has_mpam(void)
{
	return host_value(HVK_SYSREG(3, 0, 0, 4, 0)) & PFR0_MPAM ||
	       host_value(HVK_SYSREG(3, 0, 0, 4, 1)) & PFR1_MPAM_FRAC;
}

unsigned int hvk_idreg_nr_brps(void)
{
	return FIELD_GET(DFR0_BRPS, host_value(HVK_SYSREG(3, 0, 0, 5, 0))) + 1;
}

unsigned int hvk_idreg_nr_wrps(void)
{
	return FIELD_GET(DFR0_WRPS, host_value(HVK_SYSREG(3, 0, 0, 5, 0))) + 1;
}

u64 hvk_idreg_host(u32 enc)
{
	/* read_sanitised_ftr_reg() warns about registers that the kernel does not know. */
	if (!hvk_idreg_known(enc))
		return 0;
	return hvk_idreg_limit(enc, host_value(enc), hvk_idreg_has_a32_el0());
}
