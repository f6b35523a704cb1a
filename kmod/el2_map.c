// SPDX-License-Identifier: GPL-2.0-only
/*
 * EL2's own stage-1 translation (EL1, process context): 4 KiB pages, VA = PA,
 * one set of tables for all PEs. What is mapped: the image (read-only,
 * executable), each PE's stack and structure, each vCPU's context (writable,
 * never executable). Nothing that userspace maps, no guest memory.
 */
#include <linux/bitfield.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "el2.h"
#include "hvk_host.h"

/* Descriptors, EL2 translation regime (DDI 0487 D8.3). */
#define DESC_VALID	BIT_ULL(0)
#define DESC_TABLE	BIT_ULL(1)	/* levels 0-2: table; level 3: page */
#define DESC_NORMAL	(0ULL << 2)	/* AttrIndx 0 of our MAIR */
#define DESC_AP1	BIT_ULL(6)	/* RES1 in a regime without EL0 */
#define DESC_RO		BIT_ULL(7)
#define DESC_SH_INNER	(3ULL << 8)
#define DESC_AF		BIT_ULL(10)
#define DESC_XN		BIT_ULL(54)
#define DESC_ADDR	GENMASK_ULL(47, 12)

#define PAGE_TEXT	(DESC_VALID | DESC_TABLE | DESC_NORMAL | DESC_AP1 | \
			 DESC_RO | DESC_SH_INNER | DESC_AF)
#define PAGE_DATA	(DESC_VALID | DESC_TABLE | DESC_NORMAL | DESC_AP1 | \
			 DESC_SH_INNER | DESC_AF | DESC_XN)

/* TCR_EL2 for E2H = 0: 48-bit VA, inner-shareable write-back walks, 4 KiB. */
#define TCR2_RES1	(BIT_ULL(31) | BIT_ULL(23))
#define TCR2_T0SZ_48	16ULL
#define TCR2_IRGN0_WBWA	BIT_ULL(8)
#define TCR2_ORGN0_WBWA	BIT_ULL(10)
#define TCR2_SH0_INNER	(3ULL << 12)
#define TCR2_PS_SHIFT	16

/* SCTLR_EL2: RES1 bits of v8.0, MMU, caches, stack alignment, WXN. */
#define SCTLR2_RES1	0x30c50830ULL
#define SCTLR2_M	BIT_ULL(0)
#define SCTLR2_C	BIT_ULL(2)
#define SCTLR2_SA	BIT_ULL(3)
#define SCTLR2_I	BIT_ULL(12)
#define SCTLR2_WXN	BIT_ULL(19)

#define MAIR_NORMAL_WB	0xffULL

static DEFINE_MUTEX(map_lock);
static u64 *root;
static unsigned int mapped;	/* pages; map_lock */

static u64 *table_of(u64 desc)
{
	return phys_to_virt(desc & DESC_ADDR);
}

/* The level-3 entry for pa, with the tables above it made if `make`. */
static u64 *entry_of(phys_addr_t pa, bool make)
{
	u64 *table = root;
	int shift;

	lockdep_assert_held(&map_lock);
	for (shift = 39; shift > PAGE_SHIFT; shift -= 9) {
		u64 *e = &table[(pa >> shift) & 511];

		if (!*e) {
			u64 *next;

			if (!make)
				return NULL;
			next = (u64 *)get_zeroed_page(GFP_KERNEL);
			if (!next)
				return NULL;
			/* Zeroed entries are seen before the link to them. */
			dma_wmb();
			WRITE_ONCE(*e, virt_to_phys(next) | DESC_TABLE | DESC_VALID);
		}
		table = table_of(*e);
	}
	return &table[(pa >> PAGE_SHIFT) & 511];
}

static void unmap_locked(phys_addr_t pa, size_t size)
{
	phys_addr_t end = PAGE_ALIGN(pa + size);

	for (pa &= PAGE_MASK; pa < end; pa += PAGE_SIZE) {
		u64 *e = entry_of(pa, false);

		if (e && *e) {
			WRITE_ONCE(*e, 0);
			WRITE_ONCE(mapped, mapped - 1);
		}
	}
	/*
	 * EL2 is ours on every CPU or on none (el2_own.c), and TLBI_EL2 reaches
	 * all. If it is not ours now: every take to come flushes its own TLB.
	 */
	preempt_disable();
	hvk_hvc(HVK_EL2_CALL_TLBI_EL2, 0, 0, 0, 0);
	preempt_enable();
}

static int map_pages(phys_addr_t pa, size_t size, u64 attr)
{
	phys_addr_t start = pa & PAGE_MASK, end = PAGE_ALIGN(pa + size);
	int err = 0;

	mutex_lock(&map_lock);
	for (pa = start; pa < end; pa += PAGE_SIZE) {
		u64 *e = entry_of(pa, true);

		if (!e) {
			err = -ENOMEM;
			unmap_locked(start, pa - start);
			break;
		}
		/* invalid to valid: no TLB holds an invalid entry */
		WRITE_ONCE(*e, pa | attr);
		WRITE_ONCE(mapped, mapped + 1);
	}
	/* EL2's walker sees the entries before EL2 is called with the page. */
	dsb(ishst);
	mutex_unlock(&map_lock);
	return err;
}

unsigned int hvk_el2_mapped(void)
{
	return READ_ONCE(mapped);
}

int hvk_el2_map(phys_addr_t pa, size_t size)
{
	return map_pages(pa, size, PAGE_DATA);
}

int hvk_el2_map_text(phys_addr_t pa, size_t size)
{
	return map_pages(pa, size, PAGE_TEXT);
}

void hvk_el2_unmap(phys_addr_t pa, size_t size)
{
	mutex_lock(&map_lock);
	unmap_locked(pa, size);
	mutex_unlock(&map_lock);
}

void hvk_el2_map_regs(struct hvk_el2_cpu *cpu)
{
	u64 mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);
	u64 ps = min_t(u64, mmfr0 & 0xf, 5);	/* 5: 48 bits */

	cpu->ttbr0 = virt_to_phys(root);
	cpu->tcr = TCR2_RES1 | TCR2_T0SZ_48 | TCR2_IRGN0_WBWA | TCR2_ORGN0_WBWA |
		   TCR2_SH0_INNER | (ps << TCR2_PS_SHIFT);
	cpu->mair = MAIR_NORMAL_WB;
	cpu->sctlr = SCTLR2_RES1 | SCTLR2_M | SCTLR2_C | SCTLR2_SA |
		     SCTLR2_I | SCTLR2_WXN;
}

int hvk_el2_map_init(void)
{
	mapped = 0;
	root = (u64 *)get_zeroed_page(GFP_KERNEL);
	return root ? 0 : -ENOMEM;
}

static void free_level(u64 *table, int level)
{
	unsigned int i;

	if (level < 3)
		for (i = 0; i < 512; i++)
			if (table[i])
				free_level(table_of(table[i]), level + 1);
	free_page((unsigned long)table);
}

/* EL2 is ours on no CPU any more. */
void hvk_el2_map_exit(void)
{
	if (root)
		free_level(root, 0);
	root = NULL;
}
