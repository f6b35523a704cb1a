/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bits of EL2's registers, added after Armv8.0, that decide what traps from a guest.
 * HVK_*_TRAPS are those that EL1 may request in hvk_el2_cpu.traps[]. Shared by the EL2
 * image and el2/pe_traps.c, which says what each is for. The includer defines BIT().
 */
#ifndef HVK_EL2_TRAPS_H
#define HVK_EL2_TRAPS_H

/* HCR_EL2 */
#define EL2_HCR_TID1		BIT(16)
#define EL2_HCR_TERR		BIT(36)
#define EL2_HCR_TEA		BIT(37)
#define EL2_HCR_TME		BIT(39)
#define EL2_HCR_APK		BIT(40)
#define EL2_HCR_API		BIT(41)
#define EL2_HCR_NV		BIT(42)
#define EL2_HCR_NV1		BIT(43)
#define EL2_HCR_NV2		BIT(45)
#define EL2_HCR_FIEN		BIT(47)
#define EL2_HCR_AMVOFFEN	BIT(51)
#define EL2_HCR_ENSCXT		BIT(53)
#define EL2_HCR_ATA		BIT(56)
#define EL2_HCR_TID5		BIT(58)
#define HVK_HCR_TRAPS		(EL2_HCR_TID1 | EL2_HCR_TERR | \
				 EL2_HCR_TEA | EL2_HCR_TID5)

/* MDCR_EL2 */
#define EL2_MDCR_E2PB		(BIT(12) | BIT(13))
#define EL2_MDCR_TPMS		BIT(14)
#define EL2_MDCR_ENSPM		BIT(15)
#define EL2_MDCR_TTRF		BIT(19)
#define EL2_MDCR_E2TB		(BIT(24) | BIT(25))
#define EL2_MDCR_TDCC		BIT(27)
#define EL2_MDCR_PMEE		(BIT(40) | BIT(41))
#define EL2_MDCR_EBWE		BIT(43)
#define EL2_MDCR_ENSTEPOP	BIT(50)
#define HVK_MDCR_TRAPS		(EL2_MDCR_TPMS | EL2_MDCR_TTRF | \
				 EL2_MDCR_TDCC)

/* CPTR_EL2 */
#define EL2_CPTR_TAM		BIT(30)
#define HVK_CPTR_TRAPS		EL2_CPTR_TAM

/*
 * HCRX_EL2. Except for TALLINT and bits that are not traps, a set bit gives EL1 and EL0
 * access to something. For a guest they are all clear.
 */
#define EL2_HCRX_TALLINT	BIT(6)
#define HVK_HCRX_TRAPS		EL2_HCRX_TALLINT

/* Fine-grained traps: bits of negative polarity (nNAME) trap when clear. */
#define EL2_HDFGRTR_TRBIDR_EL1	BIT(51)
#define EL2_HDFGRTR_PMBIDR_EL1	BIT(63)
#define HVK_HDFGRTR_TRAPS	(EL2_HDFGRTR_TRBIDR_EL1 | \
				 EL2_HDFGRTR_PMBIDR_EL1)

/* MPAM2_EL2, MPAMHCR_EL2 */
#define EL2_MPAM2_TRAPMPAM1EL1	BIT(48)
#define EL2_MPAM2_TRAPMPAM0EL1	BIT(49)
#define EL2_MPAM2_ENMPAMSM	BIT(50)
#define EL2_MPAM2_TIDR		BIT(58)
#define HVK_MPAM2_TRAPS		(EL2_MPAM2_TRAPMPAM1EL1 | \
				 EL2_MPAM2_TRAPMPAM0EL1 | \
				 EL2_MPAM2_TIDR)
#define EL2_MPAMHCR_TRAP_MPAMIDR	BIT(31)
#define HVK_MPAMHCR_TRAPS	EL2_MPAMHCR_TRAP_MPAMIDR

#endif /* HVK_EL2_TRAPS_H */
