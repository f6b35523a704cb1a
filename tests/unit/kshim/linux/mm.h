/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_MM_H
#define KSHIM_MM_H

#include <linux/types.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & PAGE_MASK)
#define PAGE_ALIGNED(x)	(((unsigned long)(x) & ~PAGE_MASK) == 0)

#define FOLL_INTERRUPTIBLE	0x800

struct mm_struct;
struct page;

#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)

/* The bench's. */
long get_user_pages_unlocked(unsigned long start, unsigned long nr,
			     struct page **pages, unsigned int flags);
void put_page(struct page *page);

#endif
