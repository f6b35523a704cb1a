// SPDX-License-Identifier: GPL-2.0-only
/*
 * The features that guests are offered: an allowlist of ID register fields, each with
 * the highest value that hvk can honour (pure).
 *
 * A field that is not listed reads as zero. A field in which zero does not mean "not
 * implemented" is listed even if guests get nothing of it. Left out on purpose: SVE,
 * SME, MTE, pointer authentication, RAS, AMU, MPAM (EL2 does not switch their state;
 * el2/pe_traps.c has the traps); the PMU, SPE and trace; EL2 and EL3; the GIC's system
 * registers (guests have a GICv2); virtualisation features; everything that HCRX_EL2
 * enables; addresses above 48 bits.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "base/esr.h"
#include "base/idreg.h"

/*
 * One 4-bit field, and what a guest reads there, by kind. UNSIGNED: min(host, max).
 * NONE_IS_F: 0xf means "not implemented" and is passed on, any other value is limited
 * to max. FIXED: max. END ends a list. kept: a VMM may not lower the field, because the
 * guest would have the feature all the same.
 */
struct field {
	u8 lsb;
	u8 max;
	u8 kind;
	bool kept;
};

enum { UNSIGNED, NONE_IS_F, FIXED, END };

struct idreg {
	u32 enc;
	bool a32;		/* describes AArch32: zero if EL0 does not have it */
	u64 keep;		/* bits that are passed on from the host */
	const struct field *field;	/* a list up to kind END, or NULL */
};

#define MOST(bit, top)	{ .lsb = (bit), .max = (top), .kind = UNSIGNED }
#define SIGNED(bit, top) { .lsb = (bit), .max = (top), .kind = NONE_IS_F }
#define KEPT(bit, top)	{ .lsb = (bit), .max = (top), .kind = UNSIGNED,	\
			  .kept = true }
#define KEPT_SIGNED(bit, top) { .lsb = (bit), .max = (top),		\
				.kind = NONE_IS_F, .kept = true }
#define ALWAYS(bit, val) { .lsb = (bit), .max = (val), .kind = FIXED,	\
			   .kept = true }

static const struct field pfr0[] = {
	KEPT(0, 2),		/* EL0: AArch32 as on the host */
	ALWAYS(4, 1),		/* EL1: AArch64 only */
	KEPT_SIGNED(16, 1),	/* FP */
	KEPT_SIGNED(20, 1),		/* AdvSIMD */
	MOST(48, 1),		/* DIT */
	MOST(56, 1),		/* CSV2, without SCXTNUM_ELx */
	MOST(60, 1),		/* CSV3 */
	{ .kind = END },
};

static const struct field dfr0[] = {
	ALWAYS(0, 6),		/* DebugVer: Armv8.0 */
	MOST(12, 15),		/* BRPs */
	MOST(20, 15),		/* WRPs */
	MOST(28, 15),		/* CTX_CMPs */
	ALWAYS(36, 0xf),	/* DoubleLock: not implemented; OSDLR_EL1 is ignored */
	{ .kind = END },
};

/* Instructions that need neither state to be switched nor traps. */
static const struct field isar0[] = {
	MOST(4, 2),		/* AES, PMULL */
	MOST(8, 1),		/* SHA1 */
	MOST(12, 2),		/* SHA256, SHA512 */
	MOST(16, 1),		/* CRC32 */
	MOST(20, 2),		/* LSE */
	MOST(28, 1),		/* RDM */
	MOST(32, 1),		/* SHA3 */
	MOST(36, 1),		/* SM3 */
	MOST(40, 1),		/* SM4 */
	MOST(44, 1),		/* DotProd */
	MOST(48, 1),		/* FHM */
	MOST(52, 2),		/* FlagM */
	MOST(56, 2),		/* TLBI OS and ranges */
	MOST(60, 1),		/* RNDR */
	{ .kind = END },
};

static const struct field isar1[] = {
	MOST(0, 2),		/* DC CVAP, CVADP */
	MOST(12, 1),		/* JSCVT */
	MOST(16, 1),		/* FCMA */
	MOST(20, 2),		/* LRCPC */
	MOST(32, 1),		/* FRINTTS */
	MOST(36, 1),		/* SB */
	MOST(44, 1),		/* BF16 */
	MOST(48, 1),		/* DGH */
	MOST(52, 1),		/* I8MM */
	{ .kind = END },
};

static const struct field isar2[] = {
	MOST(28, 1),		/* CLRBHB */
	{ .kind = END },
};

static const struct field mmfr0[] = {
	MOST(0, 5),		/* PARange: 48 bits */
	KEPT(4, 2),		/* ASIDBits */
	MOST(8, 1),		/* BigEnd */
	MOST(12, 1),		/* SNSMem */
	MOST(16, 1),		/* BigEndEL0 */
	MOST(20, 1),		/* TGran16, without LPA2 */
	SIGNED(24, 0),		/* TGran64 */
	SIGNED(28, 0),		/* TGran4, without LPA2 */
	{ .kind = END },
};

static const struct field mmfr1[] = {
	MOST(0, 2),		/* HAFDBS */
	MOST(12, 2),		/* HPDS */
	MOST(20, 2),		/* PAN */
	MOST(36, 1),		/* ETS */
	{ .kind = END },
};

static const struct field mmfr2[] = {
	MOST(0, 1),		/* CnP */
	MOST(4, 1),		/* UAO */
	KEPT(20, 1),		/* CCIDX: CCSIDR_EL1 is the host's */
	MOST(32, 1),		/* AT */
	MOST(48, 1),		/* TTL */
	MOST(52, 2),		/* BBM */
	MOST(60, 1),		/* E0PD */
	{ .kind = END },
};

#define LIMITED(crm, op2, fields)					\
	{ .enc = HVK_SYSREG(3, 0, 0, crm, op2), .field = (fields) }
/* The AArch32 registers: to a guest, whose EL1 is AArch64, they describe EL0 only. */
#define AARCH32(crm, op2, bits)						\
	{ .enc = HVK_SYSREG(3, 0, 0, crm, op2), .a32 = true,		\
	  .keep = (bits) }

#define ALL32		GENMASK_ULL(31, 0)
#define PFR0_AMU_RAS	(GENMASK_ULL(23, 20) | GENMASK_ULL(31, 28))
/* Security, virtualisation, GIC system registers */
#define PFR1_HIDDEN	(GENMASK_ULL(7, 4) | GENMASK_ULL(15, 12) |	\
			 GENMASK_ULL(23, 20) | GENMASK_ULL(27, 24) |	\
			 GENMASK_ULL(31, 28))
#define PFR2_RAS_FRAC	GENMASK_ULL(11, 8)
/* Trace, PMU, TraceFilt */
#define DFR0_HIDDEN	(GENMASK_ULL(15, 12) | GENMASK_ULL(19, 16) |	\
			 GENMASK_ULL(27, 24) | GENMASK_ULL(31, 28))

static const struct idreg idregs[] = {
	AARCH32(1, 0, ALL32 & ~PFR0_AMU_RAS),	/* ID_PFR0_EL1 */
	AARCH32(1, 1, ALL32 & ~PFR1_HIDDEN),	/* ID_PFR1_EL1 */
	AARCH32(1, 2, ALL32 & ~DFR0_HIDDEN),	/* ID_DFR0_EL1 */
	AARCH32(1, 4, ALL32),			/* ID_MMFR0_EL1 */
	AARCH32(1, 5, ALL32),			/* ID_MMFR1_EL1 */
	AARCH32(1, 6, ALL32),			/* ID_MMFR2_EL1 */
	AARCH32(1, 7, ALL32),			/* ID_MMFR3_EL1 */
	AARCH32(2, 0, ALL32),			/* ID_ISAR0_EL1 */
	AARCH32(2, 1, ALL32),			/* ID_ISAR1_EL1 */
	AARCH32(2, 2, ALL32),			/* ID_ISAR2_EL1 */
	AARCH32(2, 3, ALL32),			/* ID_ISAR3_EL1 */
	AARCH32(2, 4, ALL32),			/* ID_ISAR4_EL1 */
	AARCH32(2, 5, ALL32),			/* ID_ISAR5_EL1 */
	AARCH32(2, 6, ALL32),			/* ID_MMFR4_EL1 */
	AARCH32(2, 7, ALL32),			/* ID_ISAR6_EL1 */
	AARCH32(3, 0, ALL32),			/* MVFR0_EL1 */
	AARCH32(3, 1, ALL32),			/* MVFR1_EL1 */
	AARCH32(3, 2, ALL32),			/* MVFR2_EL1 */
	AARCH32(3, 4, ALL32 & ~PFR2_RAS_FRAC),	/* ID_PFR2_EL1 */
	AARCH32(3, 6, ALL32),			/* ID_MMFR5_EL1 */
	LIMITED(4, 0, pfr0),			/* ID_AA64PFR0_EL1 */
	LIMITED(5, 0, dfr0),			/* ID_AA64DFR0_EL1 */
	LIMITED(6, 0, isar0),			/* ID_AA64ISAR0_EL1 */
	LIMITED(6, 1, isar1),			/* ID_AA64ISAR1_EL1 */
	LIMITED(6, 2, isar2),			/* ID_AA64ISAR2_EL1 */
	LIMITED(7, 0, mmfr0),			/* ID_AA64MMFR0_EL1 */
	LIMITED(7, 1, mmfr1),			/* ID_AA64MMFR1_EL1 */
	LIMITED(7, 2, mmfr2),			/* ID_AA64MMFR2_EL1 */
};

static const struct idreg *find(u32 enc)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(idregs); i++)
		if (idregs[i].enc == enc)
			return &idregs[i];
	return NULL;
}

static u64 limit_field(const struct field *f, u64 host)
{
	u64 val = host >> f->lsb & 0xf;

	if (f->kind == FIXED)
		val = f->max;
	else if (!(f->kind == NONE_IS_F && val == 0xf) && val > f->max)
		val = f->max;
	return val << f->lsb;
}

bool hvk_idreg_known(u32 enc)
{
	return find(enc);
}

u64 hvk_idreg_limit(u32 enc, u64 host, bool a32)
{
	const struct idreg *reg = find(enc);
	const struct field *f;
	u64 val;

	if (!reg || (reg->a32 && !a32))
		return 0;
	val = host & reg->keep;
	for (f = reg->field; f && f->kind != END; f++)
		val |= limit_field(f, host);
	return val;
}

/* Whether val has in this field no more than `limit` has. */
static bool field_within(const struct field *f, u64 limit, u64 val)
{
	limit = limit >> f->lsb & 0xf;
	val = val >> f->lsb & 0xf;
	if (val == limit)
		return true;
	if (f->kind == NONE_IS_F)
		return val == 0xf || (limit != 0xf && val < limit);
	return val < limit;
}

u64 hvk_idreg_mask(u32 enc)
{
	const struct idreg *reg = find(enc);
	const struct field *f;
	u64 mask;

	if (!reg)
		return 0;
	mask = reg->keep;
	for (f = reg->field; f && f->kind != END; f++)
		if (!f->kept)
			mask |= 0xfULL << f->lsb;
	return mask;
}

bool hvk_idreg_within(u32 enc, u64 limit, u64 val)
{
	const struct idreg *reg = find(enc);
	struct field whole = { .kind = UNSIGNED };
	const struct field *f;

	if ((val ^ limit) & ~hvk_idreg_mask(enc))
		return false;
	if (!reg)
		return true;
	for (f = reg->field; f && f->kind != END; f++)
		if (!field_within(f, limit, val))
			return false;
	if (!reg->keep)
		return true;
	/* Registers with `keep` consist of 4-bit fields, in bits 31 to 0. */
	for (; whole.lsb < 32; whole.lsb += 4)
		if (!field_within(&whole, limit, val))
			return false;
	return true;
}
