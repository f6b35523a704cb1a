/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_WAIT_H
#define KSHIM_WAIT_H

#include <linux/bug.h>

typedef struct {
	int unused;
} wait_queue_head_t;

/* A test has one thread: nothing comes true while that waits. */
#define DECLARE_WAIT_QUEUE_HEAD(name)	wait_queue_head_t name
#define wait_event(wait, condition)					\
	do {								\
		if (!(condition))					\
			KSHIM_DIE("nobody would wake it");		\
	} while (0)
#define wait_event_interruptible(wait, condition)			\
	({								\
		wait_event(wait, condition);				\
		0;							\
	})
#define wake_up_all(wait)		((void)(wait))

#endif
