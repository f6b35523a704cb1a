// SPDX-License-Identifier: GPL-2.0-only
/*
 * The features beyond Armv8.0 that guests are not offered, and the bit of an EL2
 * register that keeps each from them (EL1; DDI 0487 D17.2 for the registers at EL2, D17.2
 * and D17.3 for the ID registers).
 *
 * Guests must not reach registers that are the host's and are not switched, even if they
 * do not look at the ID registers. Most features have a bit at EL2 that enables them; the
 * values that are built from constants at each entry (el2/image/el2_arch.h) have it clear,
 * and a CLEAR row names it. Other features have a bit that traps them, which is RES0 on
 * PEs without the feature: a SET row has it set where the PE's own ID registers show the
 * feature.
 *
 * Not in the table: what traps from every guest (HVK_HCR_GUEST, HVK_MDCR_GUEST), and
 * HAFGRTR_EL2, because CPTR_EL2.TAM traps all that it could.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include <asm/sysreg.h>

#include "base/compat.h"
#include "base/idreg.h"
#include "el2/image/el2_abi.h"
#include "el2/image/el2_traps.h"
#include "el2/pe_traps.h"

#define SET(id_, lsb_, min_, reg_, bits_, what_)			\
	{ .what = what_, .id = HVK_PE_##id_, .lsb = lsb_, .min = min_,	\
	  .reg = HVK_TRAP_##reg_, .kind = HVK_TRAP_SET, .bits = bits_ }
#define CLEAR(reg_, bits_, what_)					\
	{ .what = what_, .reg = HVK_TRAP_##reg_,			\
	  .kind = HVK_TRAP_CLEAR, .bits = bits_ }
/* HFGRTR_EL2 and HFGWTR_EL2 have these bits in the same places. */
#define CLEAR_RW(bit, what_)						\
	CLEAR(HFGRTR, BIT_ULL(bit), what_), CLEAR(HFGWTR, BIT_ULL(bit), what_)
#define CLEAR_DEBUG_RW(bit, what_)					\
	CLEAR(HDFGRTR, BIT_ULL(bit), what_), CLEAR(HDFGWTR, BIT_ULL(bit), what_)

const struct hvk_pe_trap hvk_pe_traps[] = {
	/* HCR_EL2 */
	SET(PFR0, 28, 1, HCR, EL2_HCR_TERR, "RAS: ERRIDR, ERRSELR, ERX*_EL1"),
	SET(PFR0, 28, 1, HCR, EL2_HCR_TEA, "RAS: external aborts come to EL2"),
	CLEAR(HCR, EL2_HCR_FIEN, "RASv1p1: ERXPFG*_EL1"),
	SET(PFR1, 8, 2, HCR, EL2_HCR_TID5, "MTE2: GMID_EL1"),
	CLEAR(HCR, EL2_HCR_ATA, "MTE2: GCR, RGSR, TFSR*_EL1, and all tags"),
	SET(PFR1, 24, 1, HCR, EL2_HCR_TID1, "SME: SMIDR_EL1 (and REVIDR, AIDR)"),
	CLEAR(HCR, EL2_HCR_APK, "PAuth: the keys, which are the host's"),
	CLEAR(HCR, EL2_HCR_API, "PAuth: instructions that use them"),
	CLEAR(HCR, EL2_HCR_ENSCXT, "CSV2_2: SCXTNUM_EL0, SCXTNUM_EL1"),
	CLEAR(HCR, EL2_HCR_TME, "TME: TSTART and kin"),
	CLEAR(HCR, EL2_HCR_NV | EL2_HCR_NV1 | EL2_HCR_NV2, "NV: EL2's registers"),
	CLEAR(HCR, EL2_HCR_AMVOFFEN, "AMUv1p1: virtual offsets"),

	/* MDCR_EL2 */
	SET(DFR0, 32, 1, MDCR, EL2_MDCR_TPMS, "SPE: PMS*_EL1"),
	CLEAR(MDCR, EL2_MDCR_E2PB, "SPE: PMB*_EL1, and the buffer is EL2's"),
	SET(DFR0, 40, 1, MDCR, EL2_MDCR_TTRF, "TRF: TRFCR_EL1"),
	CLEAR(MDCR, EL2_MDCR_E2TB, "TRBE: TRB*_EL1, and the buffer is EL2's"),
	SET(MMFR0, 56, 1, MDCR, EL2_MDCR_TDCC, "FGT: the debug channel"),
	CLEAR(MDCR, EL2_MDCR_ENSPM, "SPMU: SPM*_EL1, SPM*_EL0"),
	CLEAR(MDCR, EL2_MDCR_EBWE, "Debugv8p9: MDSELR_EL1"),
	CLEAR(MDCR, EL2_MDCR_ENSTEPOP, "STEP2: MDSTEPOP_EL1"),
	CLEAR(MDCR, EL2_MDCR_PMEE, "EBEP: the PMU's exception"),

	/* CPTR_EL2. TZ and TSM, RES1 on PEs without SVE and SME, are set in HVK_CPTR_GUEST. */
	SET(PFR0, 44, 1, CPTR, EL2_CPTR_TAM, "AMU: AM*_EL0"),

	/* HCRX_EL2 */
	CLEAR(HCRX, BIT_ULL(0), "LS64: EnAS0, ST64BV0 and ACCDATA_EL1"),
	CLEAR(HCRX, BIT_ULL(1), "LS64: EnALS, LD64B and ST64B"),
	CLEAR(HCRX, BIT_ULL(2), "LS64: EnASR, ST64BV"),
	SET(PFR1, 36, 1, HCRX, EL2_HCRX_TALLINT, "NMI: ALLINT"),
	CLEAR(HCRX, BIT_ULL(11), "MOPS: MSCEn, CPY* and SET*"),
	CLEAR(HCRX, BIT_ULL(14), "TCR2: TCR2En, TCR2_EL1"),
	CLEAR(HCRX, BIT_ULL(15), "SCTLR2: SCTLR2En, SCTLR2_EL1"),
	CLEAR(HCRX, BIT_ULL(17), "D128: D128En, 128-bit registers"),
	CLEAR(HCRX, BIT_ULL(18), "ANERR: EnSNERR"),
	CLEAR(HCRX, BIT_ULL(20), "ADERR: EnSDERR"),
	CLEAR(HCRX, BIT_ULL(21), "SYSREG128: EnIDCP128"),
	CLEAR(HCRX, BIT_ULL(22), "GCS: GCSEn"),
	CLEAR(HCRX, BIT_ULL(23), "FPMR: EnFPM"),
	CLEAR(HCRX, BIT_ULL(24), "PAuth_LR: PACMEn"),
	CLEAR(HCRX, BIT_ULL(26), "SRMASK: SRMASKEn"),

	/* Fine-grained traps of registers */
	CLEAR_RW(50, "LS64_ACCDATA: nACCDATA_EL1"),
	CLEAR_RW(52, "GCS: nGCS_EL0, GCSPR_EL0"),
	CLEAR_RW(53, "GCS: nGCS_EL1, GCSPR_EL1 and kin"),
	CLEAR_RW(54, "SME: nSMPRI_EL1"),
	CLEAR_RW(55, "SME: nTPIDR2_EL0"),
	CLEAR_RW(56, "THE: nRCWMASK_EL1"),
	CLEAR_RW(57, "S1PIE: nPIRE0_EL1"),
	CLEAR_RW(58, "S1PIE: nPIR_EL1"),
	CLEAR_RW(59, "S1POE: nPOR_EL0"),
	CLEAR_RW(60, "S1POE: nPOR_EL1"),
	CLEAR_RW(61, "S2POE: nS2POR_EL1"),
	CLEAR_RW(62, "AIE: nMAIR2_EL1"),
	CLEAR_RW(63, "AIE: nAMAIR2_EL1"),
	/* of instructions */
	CLEAR(HFGITR, BIT_ULL(55), "BRBE: nBRBINJ"),
	CLEAR(HFGITR, BIT_ULL(56), "BRBE: nBRBIALL"),
	CLEAR(HFGITR, BIT_ULL(57), "GCS: nGCSPUSHM_EL1"),
	CLEAR(HFGITR, BIT_ULL(58), "GCS: nGCSSTR_EL1"),
	CLEAR(HFGITR, BIT_ULL(59), "GCS: nGCSEPP"),
	/* of debug and trace registers */
	SET(DFR0, 44, 1, HDFGRTR, EL2_HDFGRTR_TRBIDR_EL1, "TRBE: TRBIDR_EL1"),
	SET(DFR0, 32, 1, HDFGRTR, EL2_HDFGRTR_PMBIDR_EL1, "SPE: PMBIDR_EL1"),
	CLEAR(HDFGRTR, BIT_ULL(59), "BRBE: nBRBIDR"),
	CLEAR_DEBUG_RW(60, "BRBE: nBRBCTL"),
	CLEAR_DEBUG_RW(61, "BRBE: nBRBDATA"),
	CLEAR_DEBUG_RW(62, "SPEv1p2: nPMSNEVFR_EL1"),
	/* Each allocated bit of these traps when it is clear. */
	CLEAR(HFGRTR2, ~0ULL, "FGT2: PFAR_EL1, ERXGSR_EL1, RCWSMASK_EL1"),
	CLEAR(HFGWTR2, ~0ULL, "FGT2: the same, written"),
	CLEAR(HFGITR2, ~0ULL, "FGT2: instructions"),
	CLEAR(HDFGRTR2, ~0ULL, "FGT2: PMUv3p9, SPMU, MDSELR_EL1"),
	CLEAR(HDFGWTR2, ~0ULL, "FGT2: the same, written"),

	/* MPAM; the second row is for version 0.1, which only MPAM_frac shows */
	SET(PFR0, 40, 1, MPAM2, EL2_MPAM2_TRAPMPAM0EL1 | EL2_MPAM2_TRAPMPAM1EL1,
	    "MPAM: MPAM0_EL1, MPAM1_EL1"),
	SET(PFR1, 16, 1, MPAM2, EL2_MPAM2_TRAPMPAM0EL1 | EL2_MPAM2_TRAPMPAM1EL1,
	    "MPAM: MPAM0_EL1, MPAM1_EL1"),
	SET(PFR0, 40, 1, MPAM2, EL2_MPAM2_TIDR, "MPAM: MPAMIDR_EL1"),
	SET(PFR0, 40, 1, MPAMHCR, EL2_MPAMHCR_TRAP_MPAMIDR, "MPAM: MPAMIDR_EL1"),
	CLEAR(MPAM2, EL2_MPAM2_ENMPAMSM, "MPAM and SME: MPAMSM_EL1"),
};

const unsigned int hvk_nr_pe_traps = ARRAY_SIZE(hvk_pe_traps);

/* ID register fields of features that the world switch has to handle, too. */
static const struct {
	u8 id, lsb, min;
	u8 has;
} features[] = {
	{ HVK_PE_PFR0, 28, 1, HVK_EL2_HAS_RAS },
	{ HVK_PE_MMFR1, 40, 1, HVK_EL2_HAS_HCX },
	{ HVK_PE_MMFR0, 56, 1, HVK_EL2_HAS_FGT },
	{ HVK_PE_MMFR0, 56, 2, HVK_EL2_HAS_FGT2 },
	{ HVK_PE_PFR0, 40, 1, HVK_EL2_HAS_MPAM },
	{ HVK_PE_PFR1, 16, 1, HVK_EL2_HAS_MPAM },
	{ HVK_PE_DFR0, 32, 1, HVK_EL2_HAS_SPE },
	{ HVK_PE_DFR0, 44, 1, HVK_EL2_HAS_TRBE },
};

static bool has_field(const struct hvk_pe *pe, u8 id, u8 lsb, u8 min)
{
	return (pe->id[id] >> lsb & 0xf) >= min;
}

void hvk_pe_fill(struct hvk_el2_cpu *cpu, const struct hvk_pe *pe)
{
	unsigned int i;

	cpu->has = 0;
	for (i = 0; i < ARRAY_SIZE(features); i++)
		if (has_field(pe, features[i].id, features[i].lsb,
			      features[i].min))
			cpu->has |= features[i].has;
	if (!pe->spe_is_ours)
		cpu->has &= ~HVK_EL2_HAS_SPE;
	if (!pe->trbe_is_ours)
		cpu->has &= ~HVK_EL2_HAS_TRBE;

	for (i = 0; i < HVK_TRAP_NR; i++)
		cpu->traps[i] = 0;
	for (i = 0; i < hvk_nr_pe_traps; i++) {
		const struct hvk_pe_trap *t = &hvk_pe_traps[i];

		if (t->kind != HVK_TRAP_SET ||
		    !has_field(pe, t->id, t->lsb, t->min))
			continue;
		cpu->traps[t->reg] |= t->bits;
		if (t->reg < HVK_TRAP_OPTIONAL)
			cpu->has |= HVK_EL2_HAS_TRAPS;
	}
}

#define PFR0_MPAM	GENMASK_ULL(43, 40)
#define PFR1_MPAM_FRAC	GENMASK_ULL(19, 16)
#define MMFR0_FGT	GENMASK_ULL(59, 56)
#define BUFFER_IS_NOT_EL1S	BIT_ULL(4)	/* PMBIDR_EL1.P, TRBIDR_EL1.P */

/*
 * Hides MPAM and FEAT_FGT2 unless this kernel initialises their registers at boot.
 * Firmware may keep these registers to itself; then an access from EL2 would trap to
 * EL3 and never return. A kernel that initialises them has shown that the access works.
 * With any other kernel only firmware can have made them accessible to EL1.
 */
static void leave_to_firmware(struct hvk_pe *pe)
{
	u64 *id = pe->id;
	bool mpam = hvk_idreg_has_mpam();

	if (!HVK_KERNEL_HAS_MPAM || !mpam) {
		id[HVK_PE_PFR0] &= ~PFR0_MPAM;
		id[HVK_PE_PFR1] &= ~PFR1_MPAM_FRAC;
	}
	if (!HVK_KERNEL_HAS_FGT2 && FIELD_GET(MMFR0_FGT, id[HVK_PE_MMFR0]) > 1)
		id[HVK_PE_MMFR0] = (id[HVK_PE_MMFR0] & ~MMFR0_FGT) |
				   FIELD_PREP(MMFR0_FGT, 1);
}

void hvk_pe_read(struct hvk_pe *pe)
{
	*pe = (struct hvk_pe) {
		.id = {
			[HVK_PE_PFR0] = read_sysreg(id_aa64pfr0_el1),
			[HVK_PE_PFR1] = read_sysreg(id_aa64pfr1_el1),
			[HVK_PE_DFR0] = read_sysreg(id_aa64dfr0_el1),
			[HVK_PE_MMFR0] = read_sysreg(id_aa64mmfr0_el1),
			[HVK_PE_MMFR1] = read_sysreg(id_aa64mmfr1_el1),
		},
	};
	/* These registers exist only with their feature. */
	if (has_field(pe, HVK_PE_DFR0, 32, 1))
		pe->spe_is_ours = !(read_sysreg_s(SYS_PMBIDR_EL1) &
				    BUFFER_IS_NOT_EL1S);
	if (has_field(pe, HVK_PE_DFR0, 44, 1))
		pe->trbe_is_ours = !(read_sysreg_s(SYS_TRBIDR_EL1) &
				     BUFFER_IS_NOT_EL1S);
	leave_to_firmware(pe);
}
