// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's interval trees (<linux/interval_tree.h>), built into the module if the
 * kernel was built without them, which it is if nothing in it selects them.
 */
#include <linux/interval_tree.h>
#include <linux/interval_tree_generic.h>

#define first_of(node)	((node)->start)
#define last_of(node)	((node)->last)

INTERVAL_TREE_DEFINE(struct interval_tree_node, rb, unsigned long,
		     __subtree_last, first_of, last_of, /* global */,
		     interval_tree)
