/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * By which names EL2 accesses the registers of EL1 where HCR_EL2.E2H is set: their own names
 * mean EL2's there (DDI 0487 D8.1.8).
 */
#ifndef HVK_EL2_VHE_EL1_NAMES_H
#define HVK_EL2_VHE_EL1_NAMES_H

#define EL1_SCTLR		sctlr_el12
#define EL1_TCR			tcr_el12
#define EL1_TTBR0		ttbr0_el12
#define EL1_TTBR1		ttbr1_el12
#define EL1_MAIR		mair_el12
#define EL1_AMAIR		amair_el12
#define EL1_CPACR		cpacr_el12
#define EL1_CNTKCTL		cntkctl_el12
#define EL1_VBAR		vbar_el12
#define EL1_CONTEXTIDR		contextidr_el12
#define EL1_ESR			esr_el12
#define EL1_FAR			far_el12
#define EL1_AFSR0		afsr0_el12
#define EL1_AFSR1		afsr1_el12
#define EL1_ELR			elr_el12
#define EL1_SPSR		spsr_el12
#define EL1_CNTV_CTL		cntv_ctl_el02
#define EL1_CNTV_CVAL		cntv_cval_el02
/* CNTHP and CNTHV may be the kernel's; EL1's physical timer is nobody's, as the guest's traps. */
#define DEADLINE_CTL		cntp_ctl_el02
#define DEADLINE_CVAL		cntp_cval_el02

#endif /* HVK_EL2_VHE_EL1_NAMES_H */
