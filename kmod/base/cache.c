// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cache maintenance by address (EL1; DDI 0487 D7.5). QEMU has no caches: what
 * is here is right by the architecture, not by a test.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/mm.h>
#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "base/cache.h"

/* CTR_EL0 (DDI 0487 D17.2.34) */
#define HVK_CTR_IMINLINE	GENMASK_ULL(3, 0)	/* log2 of words */
#define HVK_CTR_L1IP	GENMASK_ULL(15, 14)
#define HVK_CTR_L1IP_PIPT	3
#define HVK_CTR_DMINLINE	GENMASK_ULL(19, 16)	/* log2 of words */
#define HVK_CTR_DIC		BIT_ULL(29)

#define WORD_SIZE	4

/* Of the smallest line of any PE, in bytes. */
static size_t dline = 16, iline = 16;
static bool icache_pipt, icache_coherent;

void hvk_cache_init(void)
{
	/* The least of all PEs: CTR_EL0 here may promise too much elsewhere. */
	u64 ctr = read_sanitised_ftr_reg(SYS_CTR_EL0);

	dline = WORD_SIZE << FIELD_GET(HVK_CTR_DMINLINE, ctr);
	iline = WORD_SIZE << FIELD_GET(HVK_CTR_IMINLINE, ctr);
	icache_pipt = FIELD_GET(HVK_CTR_L1IP, ctr) == HVK_CTR_L1IP_PIPT;
	icache_coherent = ctr & HVK_CTR_DIC;
}

void hvk_dcache_flush(const void *va, size_t size)
{
	const size_t step = dline;	/* not to be read again for each line */
	unsigned long line = (unsigned long)va & ~(step - 1);
	unsigned long end = (unsigned long)va + size;

	/*
	 * CTR_EL0.IDC allows to skip cleaning to the PoU, never to the PoC. Not
	 * CVAC: on PEs with the errata of ARM64_WORKAROUND_CLEAN_CACHE it would
	 * have to be CIVAC all the same.
	 */
	for (; line < end; line += step)
		asm volatile("dc civac, %0" : : "r" (line) : "memory");
	/* Complete, for non-cacheable observers too, before anyone is let in. */
	dsb(sy);
}

void hvk_icache_sync(const void *va, size_t size)
{
	unsigned long line = (unsigned long)va & ~(iline - 1);
	unsigned long end = (unsigned long)va + size;

	if (icache_coherent) {
		isb();	/* CTR_EL0.DIC: no invalidation, context only */
		return;
	}
	/*
	 * By address only reaches the lines of other virtual addresses if the
	 * cache is physically tagged and indexed; of a block, all is cheaper.
	 */
	if (!icache_pipt || size > PAGE_SIZE) {
		asm volatile("ic ialluis" : : : "memory");
	} else {
		for (; line < end; line += iline)
			asm volatile("ic ivau, %0" : : "r" (line) : "memory");
	}
	dsb(ish);	/* the invalidation is complete on every PE */
	isb();		/* this PE's own prefetched instructions */
}
