/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's xarrays, as a list: the same answers, found slowly. */
#ifndef KSHIM_XARRAY_H
#define KSHIM_XARRAY_H

#include <linux/err.h>
#include <linux/slab.h>

struct kshim_xa_node {
	struct kshim_xa_node *next;
	unsigned long index;
	void *entry;
};

struct xarray {
	struct kshim_xa_node *first;	/* in the order of the indices */
};

static inline void xa_init(struct xarray *xa)
{
	xa->first = NULL;
}

/* The first at `index` or behind it. */
static inline struct kshim_xa_node **kshim_xa_at(struct xarray *xa, unsigned long index)
{
	struct kshim_xa_node **at = &xa->first;

	while (*at && (*at)->index < index)
		at = &(*at)->next;
	return at;
}

static inline void *xa_load(struct xarray *xa, unsigned long index)
{
	struct kshim_xa_node *node = *kshim_xa_at(xa, index);

	return node && node->index == index ? node->entry : NULL;
}

static inline void *xa_erase(struct xarray *xa, unsigned long index)
{
	struct kshim_xa_node **at = kshim_xa_at(xa, index), *node = *at;
	void *entry;

	if (!node || node->index != index)
		return NULL;
	entry = node->entry;
	*at = node->next;
	kfree(node);
	return entry;
}

/* NULL is the only `old` that is asked for. */
static inline void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old,
			       void *entry, gfp_t gfp)
{
	struct kshim_xa_node **at = kshim_xa_at(xa, index), *node = *at;

	if (node && node->index == index)
		return node->entry;
	node = kzalloc(sizeof(*node), gfp);
	node->next = *at;
	node->index = index;
	node->entry = entry;
	*at = node;
	return NULL;
}

static inline void xa_destroy(struct xarray *xa)
{
	while (xa->first)
		xa_erase(xa, xa->first->index);
}

#define xa_is_err(entry)	((void)(entry), 0)
#define xa_for_each(xa, i, entry)					\
	for ((i) = 0; kshim_xa_find(xa, &(i), (void **)&(entry)); (i)++)

static inline int kshim_xa_find(struct xarray *xa, unsigned long *index, void **entry)
{
	struct kshim_xa_node *node = *kshim_xa_at(xa, *index);

	if (!node)
		return 0;
	*index = node->index;
	*entry = node->entry;
	return 1;
}

#endif
