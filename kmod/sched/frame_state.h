/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's place in a schedule. */
#ifndef HVK_SCHED_FRAME_STATE_H
#define HVK_SCHED_FRAME_STATE_H

#include <linux/types.h>

struct hvk_sched;

/*
 * A vCPU's place in a schedule. What is not marked is the thread's own; marked
 * ones are written on the vCPU's CPU with interrupts off, by the thread or by
 * the timer that interrupts it.
 */
struct hvk_frame_place {
	struct hvk_sched *sched;	/* NULL: none; holds a reference */
	u32 owner;
	int cpu;		/* where it is registered, or -1 */
	bool working;		/* marked: has not given up the rest of its window */
	bool ready;		/* marked: only its window is missing, since it waits for one */
	bool started;		/* has waited, yielded or used an event once */
	int window;		/* marked: entered last, or -1 */
	u64 start_ns, end_ns;	/* marked: of that, CLOCK_MONOTONIC */
	u64 cuts;		/* marked: windows that ended while it worked */
	u64 left_ns;		/* when guest mode was entered, for the sum */
};

#endif /* HVK_SCHED_FRAME_STATE_H */
