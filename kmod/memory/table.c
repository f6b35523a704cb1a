// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walker of stage-2 tables. Pure: see memory/table.h.
 *
 * The rules that are kept here and nowhere else:
 *
 * - Break-before-make (DDI 0487 D8.14.1): before a valid descriptor is replaced by a
 *   valid one of another address, size or memory type, an invalid one is stored, that
 *   store is ordered, and the old descriptor is invalidated in every TLB. The access
 *   flag and permissions alone may change in place, with a TLBI after the store:
 *   nothing else evicts the TLB entry that faulted.
 * - A descriptor that is invalid, or has its access flag clear, is not put in a TLB
 *   (D8.14): making it valid, or setting the flag, needs the barrier and no TLBI.
 *   Removing one needs the TLBI even if its flag is clear: a TLB may still have an
 *   older copy with the flag set.
 * - A table is complete and its stores are ordered before its parent points to it. It
 *   is freed only after its parent's descriptor is gone from every TLB.
 * - Memory is clean to the PoC before a leaf maps it: the guest may access it with its
 *   caches off, which only FEAT_S2FWB, not used by hvk, could override. It is
 *   execute-never until something wants to execute it; instruction caches are made
 *   coherent first.
 * - Memory is cleaned and invalidated to the PoC again when it is unmapped, after the
 *   TLBI. Until then the guest may write to it past the caches, and a line that the
 *   host's caches still have from before, clean but stale, would hide that write from
 *   whoever reads the memory next (DDI 0487 B2.8, on mismatched attributes). With
 *   FEAT_S2FWB neither cleaning would be needed. A change of permissions or of the
 *   access flag needs none: the memory stays the guest's. Nor does replacing a leaf in
 *   hvk_s2_table_map(): other memory is mapped at an IPA only after the MMU notifier,
 *   or the removal of the slot, has unmapped what was there; so what is found there is
 *   the same memory in leaves of another size, or a device.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "memory/table.h"

#define TABLE_ENTRIES	512

/* Descriptors that one step looks at, at most: below 10,000 instructions. */
#define STEP_WORK	256

static unsigned int level_shift(unsigned int level)
{
	return HVK_S2_PAGE_SHIFT + 9 * (HVK_S2_PAGE_LEVEL - level);
}

static u64 level_size(unsigned int level)
{
	return BIT_ULL(level_shift(level));
}

static u64 level_start(unsigned int level, u64 ipa)
{
	return ipa & ~(level_size(level) - 1);
}

static u64 *entry_of(const struct hvk_s2_table *t, u64 *table,
		     unsigned int level, u64 ipa)
{
	u64 nr = level == t->start_level ?
		 BIT_ULL(t->ipa_bits - level_shift(level)) : TABLE_ENTRIES;

	return &table[(ipa >> level_shift(level)) & (nr - 1)];
}

static bool is_leaf(u64 desc, unsigned int level)
{
	return (desc & HVK_S2_VALID) &&
	       (level == HVK_S2_PAGE_LEVEL || !(desc & HVK_S2_TABLE));
}

static bool is_table(u64 desc, unsigned int level)
{
	return (desc & HVK_S2_VALID) && !is_leaf(desc, level);
}

static u64 *child_of(const struct hvk_s2_table *t, u64 desc)
{
	return t->ops->va(desc & HVK_S2_ADDR);
}

static u64 make_leaf(u64 pa, unsigned int level, unsigned int prot)
{
	u64 attr = prot & HVK_S2_DEVICE ? HVK_S2_MEMATTR_DEVICE_NGNRNE :
					  HVK_S2_MEMATTR_NORMAL_WB;
	u64 desc = pa & HVK_S2_ADDR;

	desc |= HVK_S2_VALID | HVK_S2_AF | HVK_S2_AP_READ;
	desc |= FIELD_PREP(HVK_S2_MEMATTR, attr);
	desc |= FIELD_PREP(HVK_S2_SH, HVK_S2_SH_INNER);
	if (level == HVK_S2_PAGE_LEVEL)
		desc |= HVK_S2_TABLE;
	if (prot & HVK_S2_WRITE)
		desc |= HVK_S2_AP_WRITE;
	if (!(prot & HVK_S2_EXEC) || (prot & HVK_S2_DEVICE))
		desc |= HVK_S2_XN;
	return desc;
}

static bool is_normal(u64 leaf)
{
	return FIELD_GET(HVK_S2_MEMATTR, leaf) == HVK_S2_MEMATTR_NORMAL_WB;
}

/* Whether two leaves of one level differ in permissions and access flag at most. */
static bool same_memory(u64 a, u64 b)
{
	u64 may_differ = HVK_S2_AP_READ | HVK_S2_AP_WRITE | HVK_S2_XN |
			 HVK_S2_AF;

	return !((a ^ b) & ~may_differ);
}

/* --- sizes -------------------------------------------------------------- */

unsigned int hvk_s2_start_level(unsigned int ipa_bits, unsigned int *root_pages)
{
	unsigned int level = HVK_S2_PAGE_LEVEL - 1;
	unsigned int index_bits;

	/* Up to 16 concatenated tables save a level (DDI 0487 D8.2.7). */
	while (ipa_bits - level_shift(level) > 9 + 4)
		level--;
	index_bits = ipa_bits - level_shift(level);
	*root_pages = index_bits > 9 ? BIT(index_bits - 9) : 1;
	return level;
}

u64 hvk_s2_vtcr(unsigned int ipa_bits, unsigned int pa_bits,
		unsigned int vmid_bits)
{
	/*
	 * Bits for each value of ID_AA64MMFR0_EL1.PARange and VTCR_EL2.PS; 52 needs
	 * another format.
	 */
	static const unsigned int ps_bits[] = { 32, 36, 40, 42, 44, 48 };
	unsigned int ps = 0, pages;
	u64 vtcr = HVK_VTCR_RES1;

	while (ps + 1 < ARRAY_SIZE(ps_bits) && ps_bits[ps + 1] <= pa_bits)
		ps++;
	vtcr |= FIELD_PREP(HVK_VTCR_T0SZ, 64 - ipa_bits);
	/* SL0 with the 4 KiB granule: 0 is level 2, 1 level 1, 2 level 0. */
	vtcr |= FIELD_PREP(HVK_VTCR_SL0,
			   2 - hvk_s2_start_level(ipa_bits, &pages));
	/* Walks: Normal, write-back, write-allocate, Inner Shareable. */
	vtcr |= FIELD_PREP(HVK_VTCR_IRGN0, 1) | FIELD_PREP(HVK_VTCR_ORGN0, 1);
	vtcr |= FIELD_PREP(HVK_VTCR_SH0, HVK_S2_SH_INNER);
	vtcr |= FIELD_PREP(HVK_VTCR_PS, ps);
	if (vmid_bits == 16)
		vtcr |= HVK_VTCR_VS;
	return vtcr;
}

/* --- one leaf ------------------------------------------------------------ */

/*
 * The break of break-before-make: invalidates a descriptor and frees the table that it
 * pointed to, if any. Called only at the levels of leaves, so such a table has nothing
 * but leaves.
 */
static void break_entry(struct hvk_s2_table *t, u64 *entry, unsigned int level,
			u64 ipa)
{
	const struct hvk_s2_ops *ops = t->ops;
	u64 old = *entry;

	ops->write(entry, 0);
	ops->order();		/* the invalid descriptor before the TLBI */
	if (is_table(old, level)) {
		ops->tlbi_all(t);
		ops->free(t, child_of(t, old));
	} else {
		ops->tlbi_ipa(t, level_start(level, ipa));
	}
}

/* Replaces a block with a table of pages that grant the same. */
static int split_block(struct hvk_s2_table *t, u64 *entry, unsigned int level,
		       u64 ipa)
{
	const struct hvk_s2_ops *ops = t->ops;
	u64 page = *entry | HVK_S2_TABLE;
	u64 *child = ops->alloc(t);
	unsigned int i;

	if (!child)
		return -ENOMEM;
	for (i = 0; i < TABLE_ENTRIES; i++)
		ops->write(&child[i], page + i * HVK_S2_PAGE_SIZE);
	break_entry(t, entry, level, ipa);
	ops->order();		/* the table's descriptors before the one that points to it */
	ops->write(entry, ops->pa(child) | HVK_S2_TABLE | HVK_S2_VALID);
	ops->order();		/* seen by every walk before the guest goes on */
	return 0;
}

static int add_table(struct hvk_s2_table *t, u64 *entry)
{
	u64 *child = t->ops->alloc(t);

	if (!child)
		return -ENOMEM;
	t->ops->order();	/* the table's zeroes before a walk can reach it */
	t->ops->write(entry, t->ops->pa(child) | HVK_S2_TABLE | HVK_S2_VALID);
	return 0;
}

/* Writes a leaf. 0, or -EUCLEAN if it is a block that the caller has not cleaned yet. */
static int set_leaf(struct hvk_s2_table *t, u64 *entry, u64 ipa, u64 desc,
		    unsigned int level, bool cleaned)
{
	const struct hvk_s2_ops *ops = t->ops;
	u64 pa = desc & HVK_S2_ADDR;
	u64 old = *entry;

	if (is_leaf(old, level) && same_memory(old, desc)) {
		if (!(desc & old & HVK_S2_XN))
			desc &= ~HVK_S2_XN;
		desc |= old & HVK_S2_AP_WRITE;
		if (desc == old)
			return 0;
		if (old & ~desc & HVK_S2_XN)
			ops->sync_icache(pa, level_size(level));
		ops->write(entry, desc);
		ops->order();	/* the new permissions before the TLBI */
		ops->tlbi_ipa(t, ipa);
		return 0;
	}

	if (is_normal(desc) && level == HVK_S2_BLOCK_LEVEL && !cleaned)
		return -EUCLEAN;
	if (is_normal(desc) && level == HVK_S2_PAGE_LEVEL && !cleaned)
		ops->clean(pa, level_size(level));
	if (!(desc & HVK_S2_XN))
		ops->sync_icache(pa, level_size(level));
	if (old & HVK_S2_VALID)
		break_entry(t, entry, level, ipa);
	ops->write(entry, desc);
	ops->order();		/* seen by every walk before the guest goes on */
	return 0;
}

/* Whether a block already grants all that `page`, a leaf for one of its pages, would. */
static bool block_grants(u64 block, u64 ipa, u64 page)
{
	u64 offset = ipa & (HVK_S2_BLOCK_SIZE - 1);
	u64 have = (block + offset) | HVK_S2_TABLE;

	return same_memory(have, page) && (have & HVK_S2_AF) &&
	       !(page & ~have & HVK_S2_AP_WRITE) &&
	       !(have & ~page & HVK_S2_XN);
}

int hvk_s2_table_map(struct hvk_s2_table *t, u64 ipa, u64 pa,
		     unsigned int level, unsigned int prot)
{
	u64 desc = make_leaf(pa, level, prot);
	unsigned int l = t->start_level;
	u64 *table = t->root;
	u64 *entry;
	int ret;

	while (1) {
		entry = entry_of(t, table, l, ipa);
		if (l == level)
			break;
		if (is_leaf(*entry, l)) {
			if (block_grants(*entry, ipa, desc))
				return 0;
			ret = split_block(t, entry, l, ipa);
		} else {
			ret = is_table(*entry, l) ? 0 : add_table(t, entry);
		}
		if (ret)
			return ret;
		table = child_of(t, *entry);
		l++;
	}
	return set_leaf(t, entry, ipa, desc, level, prot & HVK_S2_CLEANED);
}

/* The descriptor at which a walk for ipa ends: a leaf or an invalid one. */
static u64 *walk(const struct hvk_s2_table *t, u64 ipa, unsigned int *level)
{
	u64 *table = t->root;
	u64 *entry;

	*level = t->start_level;
	while (1) {
		entry = entry_of(t, table, *level, ipa);
		if (!is_table(*entry, *level))
			return entry;
		table = child_of(t, *entry);
		(*level)++;
	}
}

void hvk_s2_table_fill(struct hvk_s2_table *t, u64 ipa, const u64 *pa,
		       unsigned int nr, unsigned int prot)
{
	unsigned int level, i;
	u64 *entry = walk(t, ipa, &level);

	if (level != HVK_S2_PAGE_LEVEL)
		return;
	for (i = 0; i < nr; i++)
		if (!(entry[i] & HVK_S2_VALID))
			t->ops->write(&entry[i], make_leaf(pa[i], level, prot));
	t->ops->order();	/* seen by every walk before the guest goes on */
}

u64 hvk_s2_table_leaf(const struct hvk_s2_table *t, u64 ipa,
		      unsigned int *level)
{
	u64 desc = *walk(t, ipa, level);

	return is_leaf(desc, *level) ? desc : 0;
}

void hvk_s2_table_touch(struct hvk_s2_table *t, u64 ipa)
{
	unsigned int level;
	u64 *entry = walk(t, ipa, &level);

	if (is_leaf(*entry, level) && !(*entry & HVK_S2_AF)) {
		t->ops->write(entry, *entry | HVK_S2_AF);
		t->ops->order();	/* seen by every walk before the guest retries */
	}
}

/* --- ranges ---------------------------------------------------------------- */

void hvk_s2_gather_begin(struct hvk_s2_gather *g, struct hvk_s2_table *t)
{
	g->t = t;
	g->work = 0;
	g->order = false;
	g->nr_ipas = 0;
}

bool hvk_s2_gather_full(const struct hvk_s2_gather *g)
{
	const struct hvk_s2_owed *owed = &g->t->owed;

	return g->work >= STEP_WORK || owed->nr_leaves >= HVK_S2_STEP_LEAVES ||
	       owed->nr_tables >= HVK_S2_STEP_TABLES;
}

static void gather_ipa(struct hvk_s2_gather *g, u64 ipa)
{
	if (g->nr_ipas < HVK_S2_TLBI_IPAS)
		g->ipa[g->nr_ipas] = ipa;
	if (g->nr_ipas <= HVK_S2_TLBI_IPAS)
		g->nr_ipas++;
}

static void gather_all(struct hvk_s2_gather *g)
{
	g->nr_ipas = HVK_S2_TLBI_IPAS + 1;
}

/* Orders what the step stored and does its TLBIs. */
void hvk_s2_gather_finish(struct hvk_s2_gather *g)
{
	const struct hvk_s2_ops *ops = g->t->ops;
	unsigned int i;

	if (g->order || g->nr_ipas)
		ops->order();	/* all stores of the step before its TLBIs */
	if (g->nr_ipas > HVK_S2_TLBI_IPAS) {
		ops->tlbi_all(g->t);
	} else {
		for (i = 0; i < g->nr_ipas; i++)
			ops->tlbi_ipa(g->t, g->ipa[i]);
	}
	hvk_s2_gather_begin(g, g->t);
}

static bool is_empty(const u64 *table)
{
	unsigned int i;

	for (i = 0; i < TABLE_ENTRIES; i++)
		if (table[i] & HVK_S2_VALID)
			return false;
	return true;
}

/*
 * Unmaps [ipa, end) in `table` and below until the gather is full; returns where it
 * stopped. The recursion ends at level 3: four frames at most.
 */
static u64 unmap_level(struct hvk_s2_gather *g, u64 *table, unsigned int level,
		       u64 ipa, u64 end)
{
	const struct hvk_s2_ops *ops = g->t->ops;
	struct hvk_s2_owed *owed = &g->t->owed;

	while (ipa < end && !hvk_s2_gather_full(g)) {
		u64 *entry = entry_of(g->t, table, level, ipa);
		u64 start = level_start(level, ipa);
		u64 next = min(start + level_size(level), end);
		u64 desc = *entry;

		g->work++;
		if (is_leaf(desc, level)) {
			ops->write(entry, 0);
			gather_ipa(g, start);
			owed->leaf[owed->nr_leaves++] = desc;
		} else if (is_table(desc, level)) {
			u64 *child = child_of(g->t, desc);
			/*
			 * A table of pages that is wholly in the range is removed
			 * without a walk; its pages are cleaned before it is freed.
			 */
			bool whole = level == HVK_S2_BLOCK_LEVEL &&
				     next - ipa == level_size(level);

			if (!whole)
				next = unmap_level(g, child, level + 1, ipa,
						   next);
			if (whole || is_empty(child)) {
				ops->write(entry, 0);
				gather_all(g);
				if (!whole)
					owed->empty |= BIT(owed->nr_tables);
				owed->table[owed->nr_tables++] = child;
			}
		}
		ipa = next;
	}
	return ipa;
}

u64 hvk_s2_gather_unmap(struct hvk_s2_gather *g, u64 ipa, u64 end)
{
	return unmap_level(g, g->t->root, g->t->start_level, ipa, end);
}

u64 hvk_s2_table_unmap(struct hvk_s2_table *t, u64 ipa, u64 end)
{
	struct hvk_s2_gather g;

	hvk_s2_gather_begin(&g, t);
	ipa = hvk_s2_gather_unmap(&g, ipa, end);
	hvk_s2_gather_finish(&g);
	return ipa;
}

/*
 * Cleans the memory of a leaf that was removed, from owed->done on. false: *budget ran
 * out before the end.
 */
static bool settle_leaf(struct hvk_s2_table *t, u64 desc, u64 *budget)
{
	struct hvk_s2_owed *owed = &t->owed;
	u64 size = desc & HVK_S2_TABLE ? HVK_S2_PAGE_SIZE : HVK_S2_BLOCK_SIZE;
	u64 some = min(size - owed->done, *budget);

	if (!(desc & HVK_S2_VALID) || !is_normal(desc))
		return true;
	if (!some)
		return false;
	t->ops->clean((desc & HVK_S2_ADDR) + owed->done, some);
	*budget -= some;
	owed->done += some;
	if (owed->done < size)
		return false;
	owed->done = 0;
	return true;
}

bool hvk_s2_table_settle(struct hvk_s2_table *t)
{
	struct hvk_s2_owed *owed = &t->owed;
	u64 budget = HVK_S2_CLEAN_STEP;
	u64 *table;

	for (; owed->nr_leaves; owed->nr_leaves--)
		if (!settle_leaf(t, owed->leaf[owed->nr_leaves - 1], &budget))
			return false;
	for (; owed->nr_tables; owed->nr_tables--) {
		table = owed->table[owed->nr_tables - 1];
		if (owed->empty & BIT(owed->nr_tables - 1))
			owed->entry = TABLE_ENTRIES;
		for (; owed->entry < TABLE_ENTRIES; owed->entry++)
			if (!settle_leaf(t, table[owed->entry], &budget))
				return false;
		owed->entry = 0;
		t->ops->free(t, table);
	}
	owed->empty = 0;
	return true;
}

/* The end of the range that the descriptor of this level for ipa translates. */
static u64 level_end(unsigned int level, u64 ipa)
{
	return level_start(level, ipa) + level_size(level);
}

/*
 * As walk(), for an ipa that follows directly the range of `entry` at *level (NULL:
 * there is none): mostly that is the next descriptor of the same table.
 */
static u64 *walk_on(const struct hvk_s2_table *t, u64 *entry, u64 ipa,
		    unsigned int *level)
{
	u64 table_size = level_size(*level) * TABLE_ENTRIES;

	if (entry && (ipa & (table_size - 1)) && !is_table(entry[1], *level))
		return entry + 1;
	return walk(t, ipa, level);
}

u64 hvk_s2_table_wp(struct hvk_s2_table *t, u64 ipa, u64 end)
{
	struct hvk_s2_gather g;
	unsigned int level = HVK_S2_PAGE_LEVEL;
	u64 *entry = NULL;

	hvk_s2_gather_begin(&g, t);
	for (; ipa < end && g.work < STEP_WORK; ipa = level_end(level, ipa)) {
		entry = walk_on(t, entry, ipa, &level);

		g.work++;
		if (!is_leaf(*entry, level) || !(*entry & HVK_S2_AP_WRITE))
			continue;
		t->ops->write(entry, *entry & ~HVK_S2_AP_WRITE);
		gather_ipa(&g, level_start(level, ipa));
	}
	hvk_s2_gather_finish(&g);
	return min(ipa, end);
}

u64 hvk_s2_table_clean(struct hvk_s2_table *t, u64 ipa, u64 end)
{
	unsigned int level = HVK_S2_PAGE_LEVEL, work;
	u64 next, budget = HVK_S2_CLEAN_STEP;
	u64 *entry = NULL;

	for (work = 0; ipa < end && budget && work < STEP_WORK; work++) {
		entry = walk_on(t, entry, ipa, &level);
		next = min(level_end(level, ipa), end);
		if (is_leaf(*entry, level) && is_normal(*entry)) {
			u64 offset = ipa - level_start(level, ipa);

			next = min(next, ipa + budget);
			t->ops->clean((*entry & HVK_S2_ADDR) + offset,
				      next - ipa);
			budget -= next - ipa;
		}
		ipa = next;
	}
	return ipa;
}

bool hvk_s2_gather_age(struct hvk_s2_gather *g, u64 ipa, u64 end,
		       enum hvk_s2_age how)
{
	unsigned int level = HVK_S2_PAGE_LEVEL;
	bool young = false;
	u64 *entry = NULL;

	for (; ipa < end; ipa = level_end(level, ipa)) {
		entry = walk_on(g->t, entry, ipa, &level);

		if (!is_leaf(*entry, level) || !(*entry & HVK_S2_AF))
			continue;
		young = true;
		if (how == HVK_S2_AGE_TEST)
			break;
		g->t->ops->write(entry, *entry & ~HVK_S2_AF);
		/*
		 * Without a TLBI, walks see the clear flag soon, and TLBs may have it
		 * set for a while.
		 */
		g->order = true;
		if (how == HVK_S2_AGE_FLUSH)
			gather_ipa(g, level_start(level, ipa));
	}
	return young;
}
