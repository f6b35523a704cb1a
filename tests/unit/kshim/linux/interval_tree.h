/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's interval trees, as a list in the order of the starts: the same
 * answers, found slowly. A node that is put in twice, or taken out of a tree that
 * it is not in, ends the test.
 */
#ifndef KSHIM_INTERVAL_TREE_H
#define KSHIM_INTERVAL_TREE_H

#include <linux/bug.h>
#include <stddef.h>

struct interval_tree_node {
	struct interval_tree_node *next;
	struct rb_root_cached *root;	/* whose list it is in */
	unsigned long start, last;	/* inclusive */
};

struct rb_root_cached {
	struct interval_tree_node *first;
};

#define RB_ROOT_CACHED	((struct rb_root_cached) { NULL })

static inline void interval_tree_insert(struct interval_tree_node *node,
					struct rb_root_cached *root)
{
	struct interval_tree_node **at = &root->first;

	if (node->root || node->last < node->start)
		KSHIM_DIE("interval_tree_insert");
	while (*at && (*at)->start <= node->start)
		at = &(*at)->next;
	node->root = root;
	node->next = *at;
	*at = node;
}

static inline void interval_tree_remove(struct interval_tree_node *node,
					struct rb_root_cached *root)
{
	struct interval_tree_node **at = &root->first;

	if (node->root != root)
		KSHIM_DIE("interval_tree_remove");
	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	node->root = NULL;
}

static inline struct interval_tree_node *
kshim_interval_from(struct interval_tree_node *node, unsigned long start,
		    unsigned long last)
{
	while (node && !(node->start <= last && node->last >= start))
		node = node->next;
	return node;
}

static inline struct interval_tree_node *
interval_tree_iter_first(struct rb_root_cached *root, unsigned long start,
			 unsigned long last)
{
	return kshim_interval_from(root->first, start, last);
}

static inline struct interval_tree_node *
interval_tree_iter_next(struct interval_tree_node *node, unsigned long start,
			unsigned long last)
{
	return kshim_interval_from(node->next, start, last);
}

#endif
