/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far a guest has gone through its memory page by page, and how many pages its next
 * fault brings in. Pure; a vCPU's own thread.
 */
#ifndef HVK_MEMORY_STREAK_H
#define HVK_MEMORY_STREAK_H

#include <linux/types.h>

#include "memory/streak_state.h"
#include "memory/table.h"

/*
 * Pages that a fault at ipa, the start of a page, brings in: 1 to HVK_STREAK_MAX. It goes
 * on with a streak if it is right behind what that has brought in. Ahead of the guest are
 * then never more pages than the streak has brought in so far: at most as many as the guest
 * has touched, if it touches all. A guest that touches only each first page behind them
 * gets up to 15 for each that it touches.
 */
static inline unsigned int hvk_streak_pages(const struct hvk_streak *s, u64 ipa)
{
	u64 pages;

	if (ipa != s->next)
		return 1;
	pages = ((s->next - s->start) >> HVK_S2_PAGE_SHIFT) + 1;
	return pages < HVK_STREAK_MAX ? pages : HVK_STREAK_MAX;
}

/* `pages` were brought in at ipa: the streak goes on there, or begins. */
static inline void hvk_streak_add(struct hvk_streak *s, u64 ipa, unsigned int pages)
{
	if (ipa != s->next)
		s->start = ipa;
	s->next = ipa + ((u64)pages << HVK_S2_PAGE_SHIFT);
}

/* There is no streak: the next fault, wherever it is, brings in one page. */
static inline void hvk_streak_end(struct hvk_streak *s)
{
	*s = (struct hvk_streak){};
}

#endif /* HVK_MEMORY_STREAK_H */
