/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's only decoder of exception syndromes (ESR_EL2 as EL2 recorded it,
 * DDI 0487 D17.2.37). Pure; any context.
 */
#ifndef HVK_ESR_H
#define HVK_ESR_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/types.h>

/* ESR_ELx */
#define HVK_ESR_EC		GENMASK_ULL(31, 26)
#define HVK_ESR_IL		BIT_ULL(25)
#define HVK_ESR_ISS		GENMASK_ULL(24, 0)

/* ESR_ELx.EC: classes that a guest with EL1 in AArch64 can cause, or have injected */
#define HVK_EC_UNKNOWN		0x00
#define HVK_EC_WFX		0x01
#define HVK_EC_CP15_32		0x03
#define HVK_EC_CP15_64		0x04
#define HVK_EC_CP14_32		0x05
#define HVK_EC_CP14_LS		0x06
#define HVK_EC_FP		0x07
#define HVK_EC_CP10_ID		0x08
#define HVK_EC_PAC		0x09
#define HVK_EC_CP14_64		0x0c
#define HVK_EC_HVC64		0x16
#define HVK_EC_SMC64		0x17
#define HVK_EC_SYS64		0x18
#define HVK_EC_SVE		0x19
#define HVK_EC_SME		0x1d
#define HVK_EC_IABT_LOW		0x20
#define HVK_EC_IABT_CUR		0x21
#define HVK_EC_DABT_LOW		0x24
#define HVK_EC_DABT_CUR		0x25
#define HVK_EC_SERROR		0x2f
#define HVK_EC_BREAKPT_LOW	0x30
#define HVK_EC_SOFTSTP_LOW	0x32
#define HVK_EC_WATCHPT_LOW	0x34
#define HVK_EC_BKPT32		0x38
#define HVK_EC_BRK64		0x3c
#define HVK_NR_EC		0x40

/* ISS of conditional AArch32 instructions, and of WFx, HVC and SMC */
#define HVK_ISS_CV		BIT_ULL(24)
#define HVK_ISS_COND		GENMASK_ULL(23, 20)
#define HVK_ISS_WFX_TI		GENMASK_ULL(1, 0)	/* bit 0 set: WFE */
#define HVK_ISS_IMM16		GENMASK_ULL(15, 0)

/* ISS of instruction and data aborts */
#define HVK_ISS_ISV		BIT_ULL(24)
#define HVK_ISS_SAS		GENMASK_ULL(23, 22)
#define HVK_ISS_SSE		BIT_ULL(21)
#define HVK_ISS_SRT		GENMASK_ULL(20, 16)
#define HVK_ISS_SF		BIT_ULL(15)
#define HVK_ISS_AR		BIT_ULL(14)
#define HVK_ISS_FNV		BIT_ULL(10)
#define HVK_ISS_EA		BIT_ULL(9)
#define HVK_ISS_CM		BIT_ULL(8)
#define HVK_ISS_S1PTW		BIT_ULL(7)
#define HVK_ISS_WNR		BIT_ULL(6)
#define HVK_ISS_FSC		GENMASK_ULL(5, 0)
/* HVK_ISS_FSC of a translation fault: plus the level */
#define HVK_FSC_TRANSLATION	0x04
#define HVK_FSC_LEVEL		GENMASK_ULL(1, 0)

/* HPFAR_EL2 (DDI 0487 D17.2.67): bits 51 to 12 of the IPA */
#define HVK_HPFAR_FIPA		GENMASK_ULL(43, 4)

#define HVK_FSC_EXTERNAL	0x10	/* synchronous, not on a table walk */
#define HVK_FSC_EXTERNAL_WALK	0x14	/* plus the level of the walk */

/* ISS of trapped MSR, MRS and system instructions */
#define HVK_ISS_SYS_OP0		GENMASK_ULL(21, 20)
#define HVK_ISS_SYS_OP2		GENMASK_ULL(19, 17)
#define HVK_ISS_SYS_OP1		GENMASK_ULL(16, 14)
#define HVK_ISS_SYS_CRN		GENMASK_ULL(13, 10)
#define HVK_ISS_SYS_RT		GENMASK_ULL(9, 5)
#define HVK_ISS_SYS_CRM		GENMASK_ULL(4, 1)
#define HVK_ISS_SYS_READ	BIT_ULL(0)

/* ISS of trapped AArch32 MCR, MRC, MCRR and MRRC */
#define HVK_ISS_CP_OP2		GENMASK_ULL(19, 17)
#define HVK_ISS_CP_OP1		GENMASK_ULL(16, 14)
#define HVK_ISS_CP_CRN		GENMASK_ULL(13, 10)
#define HVK_ISS_CP64_OP1	GENMASK_ULL(19, 16)
#define HVK_ISS_CP64_RT2	GENMASK_ULL(14, 10)

/*
 * A system register's name: the operands of MSR and MRS, packed as in the
 * identifiers of KVM_GET_ONE_REG (KVM_REG_ARM64_SYSREG_*).
 */
#define HVK_SYSREG_OP0		GENMASK(15, 14)
#define HVK_SYSREG_OP1		GENMASK(13, 11)
#define HVK_SYSREG_CRN		GENMASK(10, 7)
#define HVK_SYSREG_CRM		GENMASK(6, 3)
#define HVK_SYSREG_OP2		GENMASK(2, 0)
#define HVK_SYSREG(op0, op1, crn, crm, op2)				\
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

/* The ISS of a data abort. */
struct hvk_dabt {
	bool isv;		/* len, srt, sign_extend, sixty_four, acqrel are valid */
	u8 len;			/* bytes */
	u8 srt;			/* number of the register; 31 = XZR */
	bool sign_extend;
	bool sixty_four;	/* the register is an X register */
	bool acqrel;
	bool far_valid;
	bool external;		/* EA */
	bool cm;		/* a cache maintenance instruction */
	bool s1ptw;		/* on a walk of the guest's own (stage-1) tables */
	bool is_write;		/* WnR; 1 for cache maintenance as well */
	u8 fsc;
};

/* The ISS of a trapped MSR or MRS. */
struct hvk_sys64 {
	u32 enc;		/* HVK_SYSREG() */
	u8 rt;			/* 31 = XZR */
	bool read;
};

static inline unsigned int hvk_esr_ec(u64 esr)
{
	return FIELD_GET(HVK_ESR_EC, esr);
}

static inline struct hvk_dabt hvk_esr_dabt(u64 esr)
{
	return (struct hvk_dabt) {
		.isv = esr & HVK_ISS_ISV,
		.len = 1 << FIELD_GET(HVK_ISS_SAS, esr),
		.srt = FIELD_GET(HVK_ISS_SRT, esr),
		.sign_extend = esr & HVK_ISS_SSE,
		.sixty_four = esr & HVK_ISS_SF,
		.acqrel = esr & HVK_ISS_AR,
		.far_valid = !(esr & HVK_ISS_FNV),
		.external = esr & HVK_ISS_EA,
		.cm = esr & HVK_ISS_CM,
		.s1ptw = esr & HVK_ISS_S1PTW,
		.is_write = esr & HVK_ISS_WNR,
		.fsc = FIELD_GET(HVK_ISS_FSC, esr),
	};
}

static inline struct hvk_sys64 hvk_esr_sys64(u64 esr)
{
	return (struct hvk_sys64) {
		.enc = HVK_SYSREG((u32)FIELD_GET(HVK_ISS_SYS_OP0, esr),
				  (u32)FIELD_GET(HVK_ISS_SYS_OP1, esr),
				  (u32)FIELD_GET(HVK_ISS_SYS_CRN, esr),
				  (u32)FIELD_GET(HVK_ISS_SYS_CRM, esr),
				  (u32)FIELD_GET(HVK_ISS_SYS_OP2, esr)),
		.rt = FIELD_GET(HVK_ISS_SYS_RT, esr),
		.read = esr & HVK_ISS_SYS_READ,
	};
}

#endif /* HVK_ESR_H */
