// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cache maintenance by address (EL1; DDI 0487 D7.5). QEMU models no caches, so no
 * test shows that this file is right: it follows the architecture's text.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/mm.h>
#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "base/cache.h"

/* CTR_EL0 (DDI 0487 D17.2.34) */
#define HVK_CTR_IMINLINE	GENMASK_ULL(3, 0)	/* log2(line size in words) */
#define HVK_CTR_L1IP	GENMASK_ULL(15, 14)
#define HVK_CTR_L1IP_PIPT	3
#define HVK_CTR_DMINLINE	GENMASK_ULL(19, 16)	/* log2(line size in words) */
#define HVK_CTR_DIC		BIT_ULL(29)

#define WORD_SIZE	4

/* Bytes in the smallest data and instruction cache line of any PE. */
static size_t dline = 16, iline = 16;
static bool icache_pipt, icache_coherent;

void hvk_cache_init(void)
{
	/* The kernel's sanitised value holds on every PE; this PE's own may not. */
	u64 ctr = read_sanitised_ftr_reg(SYS_CTR_EL0);

	dline = WORD_SIZE << FIELD_GET(HVK_CTR_DMINLINE, ctr);
	iline = WORD_SIZE << FIELD_GET(HVK_CTR_IMINLINE, ctr);
	icache_pipt = FIELD_GET(HVK_CTR_L1IP, ctr) == HVK_CTR_L1IP_PIPT;
	icache_coherent = ctr & HVK_CTR_DIC;
}

void hvk_dcache_flush(const void *va, size_t size)
{
	/* A copy: the asm's "memory" clobber would reload dline for each line. */
	const size_t step = dline;
	unsigned long line = (unsigned long)va & ~(step - 1);
	unsigned long end = (unsigned long)va + size;

	/*
	 * CTR_EL0.IDC makes cleaning to the PoU unnecessary, but not cleaning to
	 * the PoC. Never DC CVAC: PEs with the errata of
	 * ARM64_WORKAROUND_CLEAN_CACHE need DC CIVAC in its place.
	 */
	for (; line + 3 * step < end; line += 4 * step)
		asm volatile("dc civac, %0\n\t"
			     "dc civac, %1\n\t"
			     "dc civac, %2\n\t"
			     "dc civac, %3"
			     : : "r" (line), "r" (line + step), "r" (line + 2 * step),
				 "r" (line + 3 * step) : "memory");
	for (; line < end; line += step)
		asm volatile("dc civac, %0" : : "r" (line) : "memory");
	/*
	 * The maintenance is complete, for observers that access the memory as
	 * non-cacheable too, before the caller goes on.
	 */
	dsb(sy);
}

void hvk_icache_sync(const void *va, size_t size)
{
	unsigned long line = (unsigned long)va & ~(iline - 1);
	unsigned long end = (unsigned long)va + size;

	if (icache_coherent) {
		isb();	/* CTR_EL0.DIC: no IC is needed; discard instructions fetched before */
		return;
	}
	/*
	 * IC IVAU reaches lines that were fetched by other virtual addresses only
	 * if the cache is physically indexed and tagged. For more than a page it is
	 * cheaper to invalidate everything.
	 */
	if (!icache_pipt || size > PAGE_SIZE) {
		asm volatile("ic ialluis" : : : "memory");
	} else {
		for (; line < end; line += iline)
			asm volatile("ic ivau, %0" : : "r" (line) : "memory");
	}
	dsb(ish);	/* the invalidation is complete on every PE */
	isb();		/* discard what this PE fetched before the IC */
}
