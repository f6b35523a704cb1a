/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Constants of the architecture for the EL2 image (DDI 0487 D17.2). The kernel's
 * names for them change between versions, and the image uses no kernel header.
 */
#ifndef HVK_EL2_ARCH_H
#define HVK_EL2_ARCH_H

#define BIT(n)			(1UL << (n))

#include "el2_traps.h"

/* HCR_EL2 */
#define HCR_VM			BIT(0)
#define HCR_SWIO		BIT(1)
#define HCR_PTW			BIT(2)
#define HCR_FMO			BIT(3)
#define HCR_IMO			BIT(4)
#define HCR_AMO			BIT(5)
#define HCR_FB			BIT(9)
#define HCR_BSU_IS		BIT(10)
#define HCR_TWI			BIT(13)
#define HCR_TWE			BIT(14)
#define HCR_TID3		BIT(18)
#define HCR_TSC			BIT(19)
#define HCR_TIDCP		BIT(20)
#define HCR_TACR		BIT(21)
#define HCR_TSW			BIT(22)
#define HCR_TVM			BIT(26)
#define HCR_RW			BIT(31)
#define HCR_TLOR		BIT(35)

/*
 * Every guest runs with these: stage-2 on, physical interrupts and SErrors to EL2, EL1
 * in AArch64, and traps of WFI, WFE, SMC, ID group 3, ACTLR, IMPLEMENTATION DEFINED
 * registers, set/way operations and LORegions. PTW: a stage-1 walk of a table that
 * stage-2 maps as Device memory faults. FB and BSU: a guest's local TLB maintenance and
 * barriers reach the Inner Shareable domain, because its vCPUs move between PEs.
 */
#define HVK_HCR_GUEST		(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO |	\
				 HCR_IMO | HCR_AMO | HCR_FB | HCR_BSU_IS |	\
				 HCR_TWI | HCR_TWE | HCR_TID3 | HCR_TSC |	\
				 HCR_TIDCP | HCR_TACR | HCR_TSW | HCR_RW |	\
				 HCR_TLOR)
/* Bits that EL1 may add: a pending virtual SError; traps of stage-1 translation registers. */
#define HVK_HCR_OPTIONAL	(HVK_HCR_VSE | HCR_TVM)

/* MDCR_EL2 */
#define MDCR_HPMN		0x1fUL
#define MDCR_TPMCR		BIT(5)
#define MDCR_TPM		BIT(6)
#define MDCR_TDE		BIT(8)
#define MDCR_TDA		BIT(9)
#define MDCR_TDOSA		BIT(10)
#define MDCR_TDRA		BIT(11)
/*
 * For every guest the PMU's and all debug registers trap, even while its breakpoints
 * and watchpoints are in hardware (trap/debugreg.c has the reason).
 */
#define HVK_MDCR_GUEST		(MDCR_TPMCR | MDCR_TPM | MDCR_TDA |	\
				 MDCR_TDOSA | MDCR_TDRA)

/* PMUSERENR_EL0: EN permits what SW, CR and ER permit, too */
#define PMUSERENR_EN		BIT(0)

/* CNTV_CTL_EL0, CNTP_CTL_EL0, CNTHP_CTL_EL2 */
#define CNT_CTL_ENABLE		BIT(0)
#define CNT_CTL_IMASK		BIT(1)
#define CNT_CTL_ISTATUS	BIT(2)

/* HSTR_EL2: trap AArch32 CP15 c15, which is IMPLEMENTATION DEFINED. */
#define HVK_HSTR_GUEST		BIT(15)

/* VSESR_EL2: an IMPLEMENTATION DEFINED syndrome (IDS), all other bits 0 */
#define HVK_VSESR_GUEST		BIT(24)

/* MPAMIDR_EL1 */
#define MPAMIDR_HAS_HCR		BIT(17)

/* PMBLIMITR_EL1.E, TRBLIMITR_EL1.E: the buffer is in use */
#define BUFFER_ENABLED		BIT(0)

/* By encoding: the assembler knows their names only for later architectures. */
#define HCRX_EL2		S3_4_C1_C2_2
#define HFGRTR_EL2		S3_4_C1_C1_4
#define HFGWTR_EL2		S3_4_C1_C1_5
#define HFGITR_EL2		S3_4_C1_C1_6
#define HDFGRTR_EL2		S3_4_C3_C1_4
#define HDFGWTR_EL2		S3_4_C3_C1_5
#define HFGRTR2_EL2		S3_4_C3_C1_2
#define HFGWTR2_EL2		S3_4_C3_C1_3
#define HFGITR2_EL2		S3_4_C3_C1_7
#define HDFGRTR2_EL2		S3_4_C3_C1_0
#define HDFGWTR2_EL2		S3_4_C3_C1_1
#define MPAM2_EL2		S3_4_C10_C5_0
#define MPAMHCR_EL2		S3_4_C10_C4_0
#define MPAMIDR_EL1		S3_0_C10_C4_4
#define PMSCR_EL1		S3_0_C9_C9_0
#define PMBLIMITR_EL1		S3_0_C9_C10_0
#define TRFCR_EL1		S3_0_C1_C2_1
#define TRBLIMITR_EL1		S3_0_C9_C11_0
#define VDISR_EL2		S3_4_C12_C1_1
#define VSESR_EL2		S3_4_C5_C2_3

/* SCTLR_EL1, TCR_EL1 */
#define SCTLR_M			BIT(0)
#define TCR_EPD0		BIT(7)
#define TCR_EPD1		BIT(23)

/* VTCR_EL2: every bit that EL1 may set; bit 31 is RES1. */
#define HVK_VTCR_MASK		0x000fffffUL
#define VTCR_RES1		BIT(31)
#define HVK_VTCR(v)		(((v) & HVK_VTCR_MASK) | VTCR_RES1)

/* VTTBR_EL2: BADDR and VMID; CnP stays 0. */
#define HVK_VTTBR_MASK		0xfffffffffffffffeUL

/* SPSR_EL2.M */
#define SPSR_M_MASK		0x1fUL
#define SPSR_M_EL0T		0x00UL
#define SPSR_M_EL1T		0x04UL
#define SPSR_M_EL1H		0x05UL
#define SPSR_M_A32_USR		0x10UL

/* ESR_EL2.EC */
#define ESR_EC(esr)		((esr) >> 26 & 0x3f)
#define EC_WFX			0x01
#define EC_FP			0x07
#define EC_HVC64		0x16
#define EC_SMC64		0x17
#define EC_SYS64		0x18
#define EC_IABT_LOW		0x20
#define EC_DABT_LOW		0x24

/* ESR_EL2.ISS of HVC and SMC: the immediate */
#define ESR_IMM16		0xffffUL

#ifndef __ASSEMBLY__
#define read_sysreg(r) ({						\
	u64 __v;							\
	asm volatile("mrs %0, " #r : "=r"(__v));			\
	__v;								\
})
#define write_sysreg(v, r) ({						\
	asm volatile("msr " #r ", %x0" : : "rZ"((u64)(v)));		\
})

/* The same for a register whose name is a macro above. */
#define read_named(r)		read_sysreg(r)
#define write_named(v, r)	write_sysreg(v, r)

static inline void isb(void)
{
	asm volatile("isb" : : : "memory");
}

#define dsb(opt) ({							\
	asm volatile("dsb " #opt : : : "memory");			\
})

#define dmb(opt) ({							\
	asm volatile("dmb " #opt : : : "memory");			\
})

/* PSB CSYNC, TSB CSYNC: written as hints, which every assembler knows. */
static inline void psb_csync(void)
{
	asm volatile("hint #17" : : : "memory");
}

static inline void tsb_csync(void)
{
	asm volatile("hint #18" : : : "memory");
}

#define tlbi(op) ({							\
	asm volatile("tlbi " #op : : : "memory");			\
})

#define tlbi_arg(op, v) ({						\
	asm volatile("tlbi " #op ", %0" : : "r"((u64)(v)) : "memory");	\
})

#define ic(op) ({							\
	asm volatile("ic " #op : : : "memory");				\
})

#define at(op, va) ({							\
	asm volatile("at " #op ", %0" : : "r"((u64)(va)) : "memory");	\
})
#endif

#endif /* HVK_EL2_ARCH_H */
