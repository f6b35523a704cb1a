/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of a guest's EL1 that stay on the PE between its entries (EL2): a kernel at EL2
 * itself does not use them. They are saved when the module asks for one of them, or takes the
 * vCPU off the PE (sync.c). Not among them are those that the kernel uses, too; PAR_EL1 and
 * CSSELR_EL1, which it may change; and SCTLR_EL1, which is also saved at each exit, as an exit
 * often needs it.
 */
#ifndef HVK_EL2_VHE_EL1_STAY_H
#define HVK_EL2_VHE_EL1_STAY_H

#include "el2/image/el1_regs.h"
#include "el2/vhe/el1_names.h"

static inline void save_staying(u64 *sys)
{
	save_pair(sys, HVK_SYS_SCTLR_EL1, EL1_SCTLR, EL1_TCR);
	save_setup(sys);
	sys[HVK_SYS_TPIDR_EL1] = read_sysreg(tpidr_el1);
	sys[HVK_SYS_SP_EL1] = read_sysreg(sp_el1);
	save_exception(sys);
}

static inline void load_staying(const u64 *sys)
{
	load_pair(sys, HVK_SYS_SCTLR_EL1, EL1_SCTLR, EL1_TCR);
	load_setup(sys);
	write_sysreg(sys[HVK_SYS_TPIDR_EL1], tpidr_el1);
	write_sysreg(sys[HVK_SYS_SP_EL1], sp_el1);
	load_exception(sys);
}

#endif /* HVK_EL2_VHE_EL1_STAY_H */
