// SPDX-License-Identifier: GPL-2.0-only
/*
 * EL2's own stage-1 translation (EL1, process context): 4 KiB pages, VA = PA, one set
 * of tables for all PEs. It maps the image (read-only, executable) and each PE's stack
 * and structure, each vCPU's context and each VM's page (writable, never executable), and the
 * GIC's GICD and GICH. It maps nothing that userspace maps, and no guest memory.
 *
 * A table exists as long as it translates something. A vCPU's page needs at most three
 * tables, which are charged to whoever creates the vCPU. A table is freed only after no
 * TLB holds the descriptor that pointed to it: otherwise EL2 could walk what the page has
 * become since.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "el2/call.h"
#include "el2/map.h"

/* Descriptors, EL2 translation regime (DDI 0487 D8.3). */
#define DESC_VALID	BIT_ULL(0)
#define DESC_TABLE	BIT_ULL(1)	/* levels 0-2: table; level 3: page */
/* AttrIndx: which byte of MAIR_EL2 (hvk_el2_map_regs()) */
#define DESC_NORMAL	(0ULL << 2)
#define DESC_DEVICE	BIT_ULL(2)
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

/* For Device memory SH is ignored. */
#define PAGE_DEVICE	(DESC_VALID | DESC_TABLE | DESC_DEVICE | DESC_AP1 | \
			 DESC_AF | DESC_XN)

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

/* Attr0: Normal, write-back; Attr1: Device-nGnRE, as the kernel maps the GIC */
#define MAIR_NORMAL_WB	0xffULL
#define MAIR_DEVICE	(0x04ULL << 8)

#define ENTRIES		512
#define TABLE_LEVELS	3	/* levels 0 to 2 have descriptors of tables */

static DEFINE_MUTEX(map_lock);
static u64 *root;
static unsigned int mapped;	/* pages that are mapped; map_lock */
static unsigned int tables;	/* pages that hold tables, root included; map_lock */

static u64 *table_of(u64 desc)
{
	return phys_to_virt(desc & DESC_ADDR);
}

static u64 *entry_of(u64 *table, unsigned int level, phys_addr_t pa)
{
	return &table[(pa >> (PAGE_SHIFT + 9 * (3 - level))) % ENTRIES];
}

/* Pages for new tables: as many as the mapping of one page can need. */
struct spare {
	u64 *table[TABLE_LEVELS];
	unsigned int nr;
};

/*
 * Called without map_lock: an allocation may wait long in a cgroup that is at its limit,
 * which must not hold up other VMs.
 */
static int fill(struct spare *spare, gfp_t gfp)
{
	while (spare->nr < TABLE_LEVELS) {
		u64 *table = (u64 *)get_zeroed_page(gfp);

		if (!table)
			return -ENOMEM;
		spare->table[spare->nr++] = table;
	}
	return 0;
}

static void drain(struct spare *spare)
{
	while (spare->nr)
		free_page((unsigned long)spare->table[--spare->nr]);
}

static void free_table(u64 *table)
{
	WRITE_ONCE(tables, tables - 1);
	free_page((unsigned long)table);
}

/*
 * Writes a page's descriptor, and adds the missing tables above it from `spare`, which
 * the caller has filled.
 */
static void set_page(phys_addr_t pa, u64 desc, struct spare *spare)
{
	unsigned int level;
	u64 *table = root;

	lockdep_assert_held(&map_lock);
	for (level = 0; level < TABLE_LEVELS; level++) {
		u64 *e = entry_of(table, level, pa);

		if (!*e) {
			u64 *next = spare->table[--spare->nr];

			WRITE_ONCE(tables, tables + 1);
			/* Walkers see the zeroed table before the pointer to it. */
			dma_wmb();
			WRITE_ONCE(*e, virt_to_phys(next) | DESC_TABLE | DESC_VALID);
		}
		table = table_of(*e);
	}
	/* No TLBI: the old entry was invalid, and TLBs hold no invalid entries. */
	WRITE_ONCE(*entry_of(table, level, pa), desc);
	WRITE_ONCE(mapped, mapped + 1);
}

static bool is_empty(const u64 *table)
{
	return !memchr_inv(table, 0, PAGE_SIZE);
}

/* Unmaps a page, if it is mapped, and frees the tables that become empty. */
static void clear_page_of(phys_addr_t pa)
{
	u64 *path[TABLE_LEVELS], *gone[TABLE_LEVELS];
	unsigned int level, nr = 0;
	u64 *table = root, *e;

	lockdep_assert_held(&map_lock);
	for (level = 0; level < TABLE_LEVELS; level++) {
		e = entry_of(table, level, pa);
		if (!*e)
			break;
		path[level] = e;
		table = table_of(*e);
	}
	if (level == TABLE_LEVELS) {
		e = entry_of(table, level, pa);
		if (*e) {
			WRITE_ONCE(*e, 0);
			WRITE_ONCE(mapped, mapped - 1);
		}
	}
	while (level && is_empty(table)) {
		gone[nr++] = table;
		e = path[--level];
		WRITE_ONCE(*e, 0);
		table = level ? table_of(*path[level - 1]) : root;
	}
	/*
	 * The call orders the stores above before its TLBI, and returns when the TLBI is
	 * complete: then the tables can be freed.
	 */
	hvk_el2_tlbi_own();
	while (nr)
		free_table(gone[--nr]);
}

void hvk_el2_unmap(phys_addr_t pa, size_t size)
{
	phys_addr_t end = PAGE_ALIGN(pa + size);

	if (hvk_el2_is_vhe())
		return;
	mutex_lock(&map_lock);
	for (pa &= PAGE_MASK; pa < end; pa += PAGE_SIZE)
		clear_page_of(pa);
	mutex_unlock(&map_lock);
}

static int map_pages(phys_addr_t pa, size_t size, u64 attr, gfp_t gfp)
{
	phys_addr_t start = pa & PAGE_MASK, end = PAGE_ALIGN(pa + size);
	struct spare spare = { .nr = 0 };
	int err = 0;

	if (hvk_el2_is_vhe())	/* the kernel's own tables are EL2's */
		return 0;
	for (pa = start; pa < end; pa += PAGE_SIZE) {
		err = fill(&spare, gfp);
		if (err)
			break;
		mutex_lock(&map_lock);
		set_page(pa, pa | attr, &spare);
		/*
		 * EL2's walkers see the entries before EL2 is called with this page,
		 * or, after the unlock, with another one that shares its tables.
		 */
		dsb(ishst);
		mutex_unlock(&map_lock);
	}
	drain(&spare);
	if (err)
		hvk_el2_unmap(start, pa - start);
	return err;
}

unsigned int hvk_el2_mapped(void)
{
	return READ_ONCE(mapped);
}

unsigned int hvk_el2_tables(void)
{
	return READ_ONCE(tables);
}

int hvk_el2_map(phys_addr_t pa, size_t size, gfp_t gfp)
{
	return map_pages(pa, size, PAGE_DATA, gfp);
}

int hvk_el2_map_text(phys_addr_t pa, size_t size)
{
	return map_pages(pa, size, PAGE_TEXT, GFP_KERNEL);
}

int hvk_el2_map_device(phys_addr_t pa, size_t size)
{
	return map_pages(pa, size, PAGE_DEVICE, GFP_KERNEL);
}

void hvk_el2_map_regs(struct hvk_el2_cpu *cpu)
{
	u64 mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);
	u64 ps = min_t(u64, mmfr0 & 0xf, 5);	/* 5: 48 bits */

	if (hvk_el2_is_vhe())
		return;
	cpu->ttbr0 = virt_to_phys(root);
	cpu->tcr = TCR2_RES1 | TCR2_T0SZ_48 | TCR2_IRGN0_WBWA | TCR2_ORGN0_WBWA |
		   TCR2_SH0_INNER | (ps << TCR2_PS_SHIFT);
	cpu->mair = MAIR_NORMAL_WB | MAIR_DEVICE;
	cpu->sctlr = SCTLR2_RES1 | SCTLR2_M | SCTLR2_C | SCTLR2_SA |
		     SCTLR2_I | SCTLR2_WXN;
}

int hvk_el2_map_init(void)
{
	mapped = 0;
	tables = 0;
	if (hvk_el2_is_vhe())
		return 0;
	root = (u64 *)get_zeroed_page(GFP_KERNEL);
	if (!root)
		return -ENOMEM;
	tables = 1;
	return 0;
}

static void free_level(u64 *table, unsigned int level)
{
	unsigned int i;

	if (level < TABLE_LEVELS)
		for (i = 0; i < ENTRIES; i++)
			if (table[i])
				free_level(table_of(table[i]), level + 1);
	free_table(table);
}

/* Frees all tables. hvk owns EL2 on no CPU any more. */
void hvk_el2_map_exit(void)
{
	if (root)
		free_level(root, 0);
	root = NULL;
}
