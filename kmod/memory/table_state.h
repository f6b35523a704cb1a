/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage-2 tables of one VM, and what is owed of them. */
#ifndef HVK_S2_TABLE_STATE_H
#define HVK_S2_TABLE_STATE_H

#include <linux/types.h>

/* The most tables that one hvk_s2_table_map() takes from ops->alloc. */
#define HVK_S2_MAP_TABLES	3

/* What one step of unmapping takes away, at most. */
#define HVK_S2_STEP_LEAVES	64
#define HVK_S2_STEP_TABLES	8
/* An upper table can get empty with the last that the step takes. */
#define HVK_S2_SPARE_TABLES	3

struct hvk_s2_ops;

/*
 * What was unmapped and is in no TLB any more, but is still to be cleaned to the
 * PoC (leaves) and then freed (tables). Under the table's lock; from the end on.
 */
struct hvk_s2_owed {
	unsigned int nr_leaves, nr_tables;
	u64 leaf[HVK_S2_STEP_LEAVES];	/* descriptors, as they were */
	u64 *table[HVK_S2_STEP_TABLES + HVK_S2_SPARE_TABLES];
	unsigned long empty;	/* bits of table[]: nothing in it is owed */
	unsigned int entry;	/* of the last table, which comes next */
	u64 done;		/* bytes of that leaf which are clean */
};

struct hvk_s2_table {
	u64 *root;		/* 1 to 16 concatenated tables */
	unsigned int ipa_bits;	/* 32 to 48 */
	unsigned int start_level;
	const struct hvk_s2_ops *ops;
	struct hvk_s2_owed owed;
};

#endif /* HVK_S2_TABLE_STATE_H */
