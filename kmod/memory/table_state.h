/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage-2 tables of one VM, and the cleaning that is owed after unmapping. */
#ifndef HVK_S2_TABLE_STATE_H
#define HVK_S2_TABLE_STATE_H

#include <linux/types.h>

/* The most tables that one hvk_s2_table_map() takes from ops->alloc. */
#define HVK_S2_MAP_TABLES	3

/* The most leaves and tables that one step of unmapping removes. */
#define HVK_S2_STEP_LEAVES	64
#define HVK_S2_STEP_TABLES	8
/* Upper tables that may become empty, beyond these, with the last table of a step. */
#define HVK_S2_SPARE_TABLES	3

struct hvk_s2_ops;

/*
 * What was unmapped and is in no TLB any more, but still has to be cleaned to the PoC
 * (leaves) and then freed (tables). Under the table's lock; the arrays are worked off
 * from their ends.
 */
struct hvk_s2_owed {
	unsigned int nr_leaves, nr_tables;
	u64 leaf[HVK_S2_STEP_LEAVES];	/* the descriptors that were removed */
	u64 *table[HVK_S2_STEP_TABLES + HVK_S2_SPARE_TABLES];
	unsigned long empty;	/* bit n: table[n] has nothing to be cleaned */
	unsigned int entry;	/* of the last table: where cleaning goes on */
	u64 done;		/* bytes of the current leaf that are clean */
};

struct hvk_s2_table {
	u64 *root;		/* 1 to 16 concatenated tables */
	unsigned int ipa_bits;	/* 32 to 48 */
	unsigned int start_level;
	const struct hvk_s2_ops *ops;
	struct hvk_s2_owed owed;
};

#endif /* HVK_S2_TABLE_STATE_H */
