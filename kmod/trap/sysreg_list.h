/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system registers that trap or that ONE_REG reaches, in ascending order
 * of (op0, op1, CRn, CRm, op2), for the binary search in sysreg.c. ID registers (op0 3,
 * op1 0, CRn 0, CRm 1 to 7) are in base/idreg.c. The includer defines these macros:
 *
 * TRAP(op0, op1, crn, crm, op2, NAME, access)
 *	a register or instruction that only traps; ONE_REG does not reach it
 * STORED(op0, op1, crn, crm, op2, NAME, access, reset, set)
 *	its value is ctx->sys[HVK_SYS_NAME]; access NULL if it never traps; set
 *	NULL if ONE_REG may write any value
 * OTHER(op0, op1, crn, crm, op2, NAME, access, get, set)
 *	its value is somewhere else
 * DBG_BVR(n), DBG_BCR(n), DBG_WVR(n), DBG_WCR(n)
 *	op0 2, op1 0, CRn 0, CRm n, op2 4 to 7: breakpoints and watchpoints
 *
 * A register that traps and is not in the list is UNDEFINED for the guest: those of the
 * PMU, SVE, SME, MTE, pointer authentication, RAS, AMU, SPE, trace, LORegions, ICC_* and
 * all IMPLEMENTATION DEFINED registers.
 */

/* Cache maintenance by set and way (HCR_EL2.TSW) */
TRAP(1, 0, 7, 6, 2, DC_ISW, hvk_sys_set_way)
TRAP(1, 0, 7, 10, 2, DC_CSW, hvk_sys_set_way)
TRAP(1, 0, 7, 14, 2, DC_CISW, hvk_sys_set_way)

/* Debug (MDCR_EL2.TDA, TDOSA, TDRA) */
TRAP(2, 0, 0, 0, 2, OSDTRRX_EL1, hvk_sys_raz_wi)
DBG_BVR(0) DBG_BCR(0) DBG_WVR(0) DBG_WCR(0)
DBG_BVR(1) DBG_BCR(1) DBG_WVR(1) DBG_WCR(1)
STORED(2, 0, 0, 2, 0, MDCCINT_EL1, hvk_dbg_plain, 0, NULL)
OTHER(2, 0, 0, 2, 2, MDSCR_EL1, hvk_dbg_mdscr, hvk_mdscr_get, hvk_mdscr_set)
DBG_BVR(2) DBG_BCR(2) DBG_WVR(2) DBG_WCR(2)
TRAP(2, 0, 0, 3, 2, OSDTRTX_EL1, hvk_sys_raz_wi)
DBG_BVR(3) DBG_BCR(3) DBG_WVR(3) DBG_WCR(3)
DBG_BVR(4) DBG_BCR(4) DBG_WVR(4) DBG_WCR(4)
DBG_BVR(5) DBG_BCR(5) DBG_WVR(5) DBG_WCR(5)
TRAP(2, 0, 0, 6, 2, OSECCR_EL1, hvk_sys_raz_wi)
DBG_BVR(6) DBG_BCR(6) DBG_WVR(6) DBG_WCR(6)
DBG_BVR(7) DBG_BCR(7) DBG_WVR(7) DBG_WCR(7)
DBG_BVR(8) DBG_BCR(8) DBG_WVR(8) DBG_WCR(8)
DBG_BVR(9) DBG_BCR(9) DBG_WVR(9) DBG_WCR(9)
DBG_BVR(10) DBG_BCR(10) DBG_WVR(10) DBG_WCR(10)
DBG_BVR(11) DBG_BCR(11) DBG_WVR(11) DBG_WCR(11)
DBG_BVR(12) DBG_BCR(12) DBG_WVR(12) DBG_WCR(12)
DBG_BVR(13) DBG_BCR(13) DBG_WVR(13) DBG_WCR(13)
DBG_BVR(14) DBG_BCR(14) DBG_WVR(14) DBG_WCR(14)
DBG_BVR(15) DBG_BCR(15) DBG_WVR(15) DBG_WCR(15)
TRAP(2, 0, 1, 0, 0, MDRAR_EL1, hvk_sys_raz)
TRAP(2, 0, 1, 0, 4, OSLAR_EL1, hvk_dbg_oslar)
STORED(2, 0, 1, 1, 4, OSLSR_EL1, hvk_dbg_oslsr, HVK_OSLSR_OSLM, hvk_oslsr_set)
TRAP(2, 0, 1, 3, 4, OSDLR_EL1, hvk_sys_raz_wi)
TRAP(2, 0, 1, 4, 4, DBGPRCR_EL1, hvk_sys_raz_wi)
TRAP(2, 0, 7, 8, 6, DBGCLAIMSET_EL1, hvk_sys_raz_wi)
TRAP(2, 0, 7, 9, 6, DBGCLAIMCLR_EL1, hvk_sys_raz_wi)
TRAP(2, 0, 7, 14, 6, DBGAUTHSTATUS_EL1, hvk_sys_raz)
TRAP(2, 3, 0, 1, 0, MDCCSR_EL0, hvk_sys_raz)
TRAP(2, 3, 0, 4, 0, DBGDTR_EL0, hvk_sys_raz_wi)
TRAP(2, 3, 0, 5, 0, DBGDTRTX_EL0, hvk_sys_raz_wi)
STORED(2, 4, 0, 7, 0, DBGVCR32_EL2, NULL, 0, NULL)

/* Identification: read from the PE itself (access NULL), or trapped by HCR_EL2.TID1 */
OTHER(3, 0, 0, 0, 0, MIDR_EL1, NULL, hvk_sys_midr_get, hvk_sys_same_set)
STORED(3, 0, 0, 0, 5, MPIDR_EL1, NULL, 0, hvk_sys_same_set)
OTHER(3, 0, 0, 0, 6, REVIDR_EL1, hvk_sys_constant, hvk_sys_revidr_get, hvk_sys_same_set)

/* Virtual memory control (trapped while HCR_EL2.TVM is set), and others at EL1 */
STORED(3, 0, 1, 0, 0, SCTLR_EL1, hvk_sys_vm, 0x00c50078, NULL)
STORED(3, 0, 1, 0, 1, ACTLR_EL1, hvk_sys_actlr, 0, NULL)
STORED(3, 0, 1, 0, 2, CPACR_EL1, NULL, 0, NULL)
STORED(3, 0, 2, 0, 0, TTBR0_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 2, 0, 1, TTBR1_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 2, 0, 2, TCR_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 5, 1, 0, AFSR0_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 5, 1, 1, AFSR1_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 5, 2, 0, ESR_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 6, 0, 0, FAR_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 7, 4, 0, PAR_EL1, NULL, 0, NULL)
STORED(3, 0, 10, 2, 0, MAIR_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 10, 3, 0, AMAIR_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 12, 0, 0, VBAR_EL1, NULL, 0, NULL)
/* RAS is hidden from guests, but DISR_EL1 cannot be trapped, so EL2 switches it */
STORED(3, 0, 12, 1, 1, DISR_EL1, NULL, 0, NULL)
STORED(3, 0, 13, 0, 1, CONTEXTIDR_EL1, hvk_sys_vm, 0, NULL)
STORED(3, 0, 13, 0, 4, TPIDR_EL1, NULL, 0, NULL)
STORED(3, 0, 14, 1, 0, CNTKCTL_EL1, NULL, 0, NULL)

/* Caches, read from the PE itself */
OTHER(3, 1, 0, 0, 1, CLIDR_EL1, NULL, hvk_sys_clidr_get, hvk_sys_same_set)
OTHER(3, 1, 0, 0, 7, AIDR_EL1, hvk_sys_constant, hvk_sys_aidr_get, hvk_sys_same_set)
STORED(3, 2, 0, 0, 0, CSSELR_EL1, NULL, 0, NULL)
OTHER(3, 3, 0, 0, 1, CTR_EL0, NULL, hvk_sys_ctr_get, hvk_sys_same_set)

STORED(3, 3, 13, 0, 2, TPIDR_EL0, NULL, 0, NULL)
STORED(3, 3, 13, 0, 3, TPIDRRO_EL0, NULL, 0, NULL)

/*
 * The physical count, which traps if it has an offset (CNTHCTL_EL2.EL1PCTEN), and the
 * physical timer (CNTHCTL_EL2.EL1PCEN)
 */
TRAP(3, 3, 14, 0, 1, CNTPCT_EL0, hvk_sys_pcount)
TRAP(3, 3, 14, 2, 0, CNTP_TVAL_EL0, hvk_sys_ptimer)
TRAP(3, 3, 14, 2, 1, CNTP_CTL_EL0, hvk_sys_ptimer)
TRAP(3, 3, 14, 2, 2, CNTP_CVAL_EL0, hvk_sys_ptimer)

/* State of an AArch32 EL1, which no guest has; kept only because ONE_REG has it */
STORED(3, 4, 3, 0, 0, DACR32_EL2, NULL, 0, NULL)
STORED(3, 4, 5, 0, 1, IFSR32_EL2, NULL, 0, NULL)
STORED(3, 4, 5, 3, 0, FPEXC32_EL2, NULL, 0x700, NULL)
