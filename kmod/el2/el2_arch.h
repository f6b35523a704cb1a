/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2's own constants of the architecture (DDI 0487 D17.2). The kernel's
 * names for these change between versions, and EL2 needs no kernel header.
 */
#ifndef HVK_EL2_ARCH_H
#define HVK_EL2_ARCH_H

#define BIT(n)			(1UL << (n))

/* HCR_EL2 */
#define HCR_VM			BIT(0)
#define HCR_SWIO		BIT(1)
#define HCR_PTW			BIT(2)
#define HCR_FMO			BIT(3)
#define HCR_IMO			BIT(4)
#define HCR_AMO			BIT(5)
#define HCR_VSE			BIT(8)
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
 * Every guest runs with these: stage-2 on, physical interrupts and aborts to
 * EL2, EL1 in AArch64, and traps of WFI, WFE, SMC, ID group 3, ACTLR,
 * implementation-defined registers, set/way operations and LORegions. PTW:
 * a guest's page table in device memory faults. FB and BSU: a guest's local
 * TLB maintenance and barriers reach the inner-shareable domain, because its
 * vCPUs move between PEs.
 */
#define HVK_HCR_GUEST		(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO |	\
				 HCR_IMO | HCR_AMO | HCR_FB | HCR_BSU_IS |	\
				 HCR_TWI | HCR_TWE | HCR_TID3 | HCR_TSC |	\
				 HCR_TIDCP | HCR_TACR | HCR_TSW | HCR_RW |	\
				 HCR_TLOR)
/* What EL1 may add: a virtual SError, the trap of stage-1 set-up. */
#define HVK_HCR_OPTIONAL	(HCR_VSE | HCR_TVM)

/* CPTR_EL2, E2H = 0. RES1 as the kernel leaves it: SVE and SME trapped. */
#define HVK_CPTR_GUEST		0x33ffUL
#define CPTR_TFP		BIT(10)
#define CPTR_TTA		BIT(20)

/* MDCR_EL2 */
#define MDCR_HPMN		0x1fUL
#define MDCR_TPMCR		BIT(5)
#define MDCR_TPM		BIT(6)
#define MDCR_TDE		BIT(8)
#define MDCR_TDA		BIT(9)
#define MDCR_TDOSA		BIT(10)
#define MDCR_TDRA		BIT(11)

/* CNTHCTL_EL2, E2H = 0: CNTPCT does not trap; CNTP_* do without EL1PCEN. */
#define CNTHCTL_EL1PCTEN	BIT(0)

/* HSTR_EL2: AArch32 CP15 c15 is implementation defined; trap it. */
#define HVK_HSTR_GUEST		BIT(15)

/* SCTLR_EL1, TCR_EL1 */
#define SCTLR_M			BIT(0)
#define TCR_EPD0		BIT(7)
#define TCR_EPD1		BIT(23)

/* VTCR_EL2: every bit that EL1 may set; bit 31 is RES1. */
#define HVK_VTCR_MASK		0x000fffffUL
#define VTCR_RES1		BIT(31)

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
#define EC_FP			0x07
#define EC_HVC64		0x16
#define EC_IABT_LOW		0x20
#define EC_DABT_LOW		0x24

#ifndef __ASSEMBLY__
#define read_sysreg(r) ({						\
	u64 __v;							\
	asm volatile("mrs %0, " #r : "=r"(__v));			\
	__v;								\
})
#define write_sysreg(v, r) ({						\
	asm volatile("msr " #r ", %x0" : : "rZ"((u64)(v)));		\
})

static inline void isb(void)
{
	asm volatile("isb" : : : "memory");
}

#define dsb(opt) ({							\
	asm volatile("dsb " #opt : : : "memory");			\
})

#define tlbi(op) ({							\
	asm volatile("tlbi " #op : : : "memory");			\
})

#define tlbi_arg(op, v) ({						\
	asm volatile("tlbi " #op ", %0" : : "r"((u64)(v)) : "memory");	\
})
#endif

#endif /* HVK_EL2_ARCH_H */
