/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_HRTIMER_H
#define KSHIM_HRTIMER_H

#include <linux/ktime.h>
#include <linux/types.h>

enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };
enum hrtimer_mode {
	HRTIMER_MODE_ABS, HRTIMER_MODE_REL, HRTIMER_MODE_ABS_PINNED_HARD,
	HRTIMER_MODE_REL_HARD,
};

/* A test that has timers fires them itself. */
struct hrtimer {
	enum hrtimer_restart (*function)(struct hrtimer *timer);
	ktime_t expires;
	int active;
};

static inline void hrtimer_init(struct hrtimer *timer, clockid_t clock,
				enum hrtimer_mode mode)
{
	timer->function = NULL;
	timer->active = 0;
}

static inline void hrtimer_set_expires(struct hrtimer *timer, ktime_t expires)
{
	timer->expires = expires;
}

static inline void hrtimer_start(struct hrtimer *timer, ktime_t expires,
				 enum hrtimer_mode mode)
{
	timer->expires = expires;
	timer->active = 1;
}

static inline int hrtimer_cancel(struct hrtimer *timer)
{
	int active = timer->active;

	timer->active = 0;
	return active;
}

static inline u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t time)
{
	return 0;
}

#endif
