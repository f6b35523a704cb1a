// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table of the cores that have an erratum which EL2 works around (pure). The rows
 * follow the kernel's registry, Documentation/arch/arm64/silicon-errata.rst
 * (Documentation/arm64/ before 6.5), with the revision ranges of the kernel's
 * arch/arm64/kernel/cpu_errata.c. The comment of a row has the registry's numbers.
 *
 * Present hosts have a GIC-400: Cortex-A57, A72, A55 and A76. The other cores come with a
 * GICv3, which is refused at load; their rows are there for when hvk supports it. SPEC_AT is a
 * matter of kernels at EL1 and of TLB maintenance; where the kernel is at EL2 the order of
 * el2/vhe/host.h is right for all.
 *
 * These errata of the registry need no work at EL2 and are left out: 852523 and
 * 853709 (registers of an AArch32 EL1, which no guest has), 1542419 (a guest kernel's
 * own instruction cache maintenance), 1463225 (steps of a system call, where the kernel is at
 * EL2), 2077057 (a trap of pointer authentication while EL2 steps a guest; Cortex-A510, which
 * comes with a GICv3), 826319 and similar ones (cache.c cleans only with DC CIVAC).
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "base/errata.h"
#include "el2/image/el2_abi.h"

/* MIDR_EL1: implementer [31:24], architecture [19:16], part [15:4] */
#define MODEL(imp, part)	((u32)(imp) << 24 | 0xf << 16 | (part) << 4)
#define MODEL_MASK		MODEL(0xff, 0xfff)
#define ARM(part)		MODEL(0x41, part)
#define QUALCOMM(part)		MODEL(0x51, part)

/* MIDR_EL1 variant [23:20] and revision [3:0], as in rVpR */
#define REV(variant, revision)	((variant) << 4 | (revision))
#define LAST			REV(15, 15)

#define SPEC_AT		HVK_EL2_F_SPEC_AT
#define REPEAT		HVK_EL2_F_REPEAT_TLBI

static const struct {
	u32 model, mask;
	u8 first, last;
	u64 flags;
} errata[] = {
	/* A speculative AT that uses a mix of host and guest registers fills the TLB */
	{ ARM(0xd07), MODEL_MASK, 0, LAST, SPEC_AT },	/* A57: 1319537 */
	{ ARM(0xd08), MODEL_MASK, 0, LAST, SPEC_AT },	/* A72: 1319367 */
	{ ARM(0xd0b), MODEL_MASK, 0, REV(2, 0), SPEC_AT },	/* A76: 1165522 */
	{ ARM(0xd05), MODEL_MASK, 0, REV(2, 0), SPEC_AT },	/* A55: 1530923 */
	/* Kryo 4xx Silver, which counts revisions differently: 1530923 */
	{ QUALCOMM(0x805), MODEL_MASK, REV(13, 14), REV(13, 14), SPEC_AT },

	/* The DSB after a broadcast TLBI completes too early */
	{ ARM(0xd05), MODEL_MASK, 0, LAST, REPEAT },	/* A55: 2441007 */
	{ ARM(0xd46), MODEL_MASK, 0, REV(1, 1), REPEAT },	/* A510: 2441009 */
	{ ARM(0xd0b), MODEL_MASK, 0, LAST, REPEAT },	/* A76: 1286807, 4193800 */
	{ ARM(0xd0e), MODEL_MASK, 0, LAST, REPEAT },	/* A76AE: 4193801 */
	{ ARM(0xd0d), MODEL_MASK, 0, LAST, REPEAT },	/* A77: 4193798 */
	{ ARM(0xd41), MODEL_MASK, 0, LAST, REPEAT },	/* A78: 4193791 */
	{ ARM(0xd42), MODEL_MASK, 0, LAST, REPEAT },	/* A78AE: 4193793 */
	{ ARM(0xd4b), MODEL_MASK, 0, LAST, REPEAT },	/* A78C: 4193794 */
	{ ARM(0xd47), MODEL_MASK, 0, LAST, REPEAT },	/* A710: 4193788 */
	{ ARM(0xd44), MODEL_MASK, 0, LAST, REPEAT },	/* X1: 4193791 */
	{ ARM(0xd4c), MODEL_MASK, 0, LAST, REPEAT },	/* X1C: 4193792 */
	{ ARM(0xd48), MODEL_MASK, 0, LAST, REPEAT },	/* X2: 4193788 */
	{ ARM(0xd4e), MODEL_MASK, 0, LAST, REPEAT },	/* X3: 4193786 */
	{ ARM(0xd82), MODEL_MASK, 0, LAST, REPEAT },	/* X4: 4118414 */
	{ ARM(0xd85), MODEL_MASK, 0, LAST, REPEAT },	/* X925: 4193781 */
	{ ARM(0xd90), MODEL_MASK, 0, LAST, REPEAT },	/* C1-Premium: 4193780 */
	{ ARM(0xd8c), MODEL_MASK, 0, LAST, REPEAT },	/* C1-Ultra: 4193780 */
	{ ARM(0xd0c), MODEL_MASK, 0, LAST, REPEAT },	/* Neoverse N1: 4193800 */
	{ ARM(0xd49), MODEL_MASK, 0, LAST, REPEAT },	/* Neoverse N2: 4193789 */
	{ ARM(0xd40), MODEL_MASK, 0, LAST, REPEAT },	/* Neoverse V1: 4193790 */
	{ ARM(0xd4f), MODEL_MASK, 0, LAST, REPEAT },	/* Neoverse V2: 4193787 */
	{ ARM(0xd84), MODEL_MASK, 0, LAST, REPEAT },	/* Neoverse V3: 4193784 */
	{ ARM(0xd83), MODEL_MASK, 0, LAST, REPEAT },	/* Neoverse V3AE: 4193784 */
	{ MODEL(0x4e, 0x010), MODEL_MASK, 0, LAST, REPEAT },	/* Olympus: T410-OLY-1029 */
	{ MODEL(0x6d, 0xd49), MODEL_MASK, 0, LAST, REPEAT },	/* Cobalt 100: 4193789 */
	/* Kryo 4xx Gold, which counts revisions differently: 1286807 */
	{ QUALCOMM(0x804), MODEL_MASK, REV(12, 14), REV(15, 14), REPEAT },
	/* Falkor v1 r0p0, and every Kryo 2xx: 1009 */
	{ QUALCOMM(0x800), MODEL_MASK, 0, REV(0, 0), REPEAT },
	{ QUALCOMM(0x200), MODEL(0xff, 0xf00), 0, LAST, REPEAT },

	/* A57: a stage-2 fault is reported, for another IPA, where stage 1 faults */
	{ ARM(0xd07), MODEL_MASK, 0, REV(1, 2), HVK_EL2_F_834220 },
};

u64 hvk_errata_flags(u32 midr)
{
	u8 rev = REV(midr >> 20 & 0xf, midr & 0xf);
	u64 flags = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errata); i++)
		if ((midr & errata[i].mask) == errata[i].model &&
		    rev >= errata[i].first && rev <= errata[i].last)
			flags |= errata[i].flags;
	return flags;
}
