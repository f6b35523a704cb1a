/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's place in a schedule. */
#ifndef HVK_SCHED_FRAME_STATE_H
#define HVK_SCHED_FRAME_STATE_H

#include <linux/types.h>

struct hvk_sched;

/*
 * A vCPU's place in a schedule. The vCPU's thread writes all fields but `cuts`. Those
 * marked "timer" are read by the window's timer too, which interrupts the thread on its
 * CPU: `ready` and `started` are one flag each, the others are written with interrupts off.
 */
struct hvk_frame_place {
	struct hvk_sched *sched;	/* holds a reference; NULL: in no schedule */
	u32 owner;		/* the partition whose windows it runs in */
	int cpu;		/* the CPU that it is registered on, or -1 */
	bool working;		/* timer: entered the guest and did not become idle since */
	bool ready;		/* timer: waits for its window and for nothing else */
	bool started;		/* timer: has waited, yielded or used an event once */
	int window;		/* timer: index of the window last entered, or -1 */
	u64 start_ns, end_ns;	/* timer: of that window, CLOCK_MONOTONIC */
	u64 cuts;		/* windows that ended while it worked; timer writes */
	u64 left_ns;		/* time of the last entry, to compute guest_ns */
	bool may_keep;		/* the thread stays SCHED_FIFO outside of KVM_RUN: fifo.h */
};

#endif /* HVK_SCHED_FRAME_STATE_H */
