/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_LOCKDEP_H
#define KSHIM_LOCKDEP_H

#include <linux/bug.h>

/*
 * Locks of the unit tests know whether they are held: one thread runs module
 * code, so taking a lock twice is a deadlock, and is told at once.
 */
struct kshim_lock {
	int held;
};

#define kshim_acquire(l)						\
	do {								\
		if ((l)->held)						\
			KSHIM_DIE("lock taken twice");			\
		(l)->held = 1;						\
	} while (0)
#define kshim_release(l)						\
	do {								\
		if (!(l)->held)						\
			KSHIM_DIE("lock released that is not held");	\
		(l)->held = 0;						\
	} while (0)

#define lockdep_assert_held(lock)					\
	do {								\
		if (!(lock)->kshim.held)				\
			KSHIM_DIE("not held: " #lock);			\
	} while (0)
#define lockdep_assert_held_write(lock)	lockdep_assert_held(lock)
#define lockdep_assert_irqs_disabled()	do { } while (0)

#endif
