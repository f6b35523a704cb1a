// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMSAv8-64 stage-1 walk in software (pure; DDI 0487 D8.2, D8.3): 4, 16 and 64 KiB granules,
 * up to 48 bits of VA and of IPA. The guest may change its tables at any time, so each
 * descriptor is read once.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/swab.h>

#include "trap/s1walk.h"

#define SCTLR_M		BIT_ULL(0)
#define SCTLR_EE	BIT_ULL(25)

#define TCR_T0SZ	GENMASK_ULL(5, 0)
#define TCR_EPD0	BIT_ULL(7)
#define TCR_TG0		GENMASK_ULL(15, 14)
#define TCR_T1SZ	GENMASK_ULL(21, 16)
#define TCR_EPD1	BIT_ULL(23)
#define TCR_TG1		GENMASK_ULL(31, 30)
#define TCR_TBI0	BIT_ULL(37)
#define TCR_TBI1	BIT_ULL(38)

#define DESC_VALID	BIT_ULL(0)
#define DESC_TABLE	BIT_ULL(1)	/* at level 3: a page, not a table */

#define ADDR_BITS	48
#define LAST_LEVEL	3

/* The registers of one of the two VA ranges: TTBR0_EL1's or TTBR1_EL1's. */
struct range {
	u64 ttbr;
	unsigned int tsz;	/* T0SZ or T1SZ */
	unsigned int granule;	/* log2 of its size in bytes; 0: reserved encoding */
	bool disabled, tbi;
};

/* TG0 and TG1 encode the granules differently. */
static const u8 tg0_granule[4] = { 12, 16, 14, 0 };
static const u8 tg1_granule[4] = { 0, 14, 12, 16 };

static struct range range_of(const struct hvk_s1_regs *regs, bool upper)
{
	u64 tcr = regs->tcr;

	if (upper)
		return (struct range) {
			.ttbr = regs->ttbr1,
			.tsz = FIELD_GET(TCR_T1SZ, tcr),
			.granule = tg1_granule[FIELD_GET(TCR_TG1, tcr)],
			.disabled = tcr & TCR_EPD1,
			.tbi = tcr & TCR_TBI1,
		};
	return (struct range) {
		.ttbr = regs->ttbr0,
		.tsz = FIELD_GET(TCR_T0SZ, tcr),
		.granule = tg0_granule[FIELD_GET(TCR_TG0, tcr)],
		.disabled = tcr & TCR_EPD0,
		.tbi = tcr & TCR_TBI0,
	};
}

/* Whether the VA's bits above the range, but for a tag, all equal bit 55. */
static bool canonical(u64 va, unsigned int va_bits, bool upper, bool tbi)
{
	u64 high = GENMASK_ULL(tbi ? 55 : 63, va_bits);

	return (va & high) == (upper ? high : 0);
}

/* Blocks exist at level 2, and with the 4 KiB granule also at level 1 (D8.3.1). */
static bool block_allowed(unsigned int granule, int level)
{
	return level == 2 || (level == 1 && granule == 12);
}

int hvk_s1_walk(const struct hvk_s1_regs *regs, u64 va, hvk_s1_read_fn read,
		void *opaque, u64 *ipa)
{
	bool upper = va & BIT_ULL(55);
	struct range r = range_of(regs, upper);
	unsigned int va_bits, stride, shift, top;
	u64 table, desc;
	int level, err;

	if (!(regs->sctlr & SCTLR_M)) {
		if (va >> ADDR_BITS)
			return -EFAULT;
		*ipa = va;
		return 0;
	}

	if (r.disabled)
		return -EFAULT;
	if (!r.granule || r.tsz < 64 - ADDR_BITS)
		return -EINVAL;
	va_bits = 64 - r.tsz;
	/* The smallest range has one level with a table of two entries (FEAT_TTST). */
	if (va_bits <= r.granule)
		return -EINVAL;
	if (!canonical(va, va_bits, upper, r.tbi))
		return -EFAULT;

	stride = r.granule - 3;
	level = LAST_LEVEL + 1 -
		(int)((va_bits - r.granule + stride - 1) / stride);
	shift = r.granule + stride * (LAST_LEVEL - level);
	top = va_bits;		/* the first table may have fewer entries */
	table = r.ttbr & GENMASK_ULL(ADDR_BITS - 1, top - shift + 3);

	for (;;) {
		u64 index = (va & GENMASK_ULL(top - 1, shift)) >> shift;

		err = read(opaque, table + index * sizeof(desc), &desc);
		if (err)
			return err;
		if (regs->sctlr & SCTLR_EE)
			desc = swab64(desc);
		if (!(desc & DESC_VALID))
			return -EFAULT;

		if (level == LAST_LEVEL) {
			if (!(desc & DESC_TABLE))
				return -EFAULT;
			break;
		}
		if (!(desc & DESC_TABLE)) {
			if (!block_allowed(r.granule, level))
				return -EFAULT;
			break;
		}
		table = desc & GENMASK_ULL(ADDR_BITS - 1, r.granule);
		top = shift;
		shift -= stride;
		level++;
	}

	*ipa = (desc & GENMASK_ULL(ADDR_BITS - 1, shift)) |
	       (va & GENMASK_ULL(shift - 1, 0));
	return 0;
}
