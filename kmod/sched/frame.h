/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cyclic schedule: which vCPU may be in the guest on which CPU when. frame.c
 * has its file and its life, frame_run.c what happens as it runs.
 */
#ifndef HVK_FRAME_H
#define HVK_FRAME_H

#include <linux/types.h>

struct hvk_sched;
struct hvk_vcpu;
struct hvk_vcpu_frame;

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

/* --- frame.c ----------------------------------------------------------------- */
/* HVK_CREATE_FRAME: an fd or errno. */
int hvk_frame_create_fd(const void __user *arg);
/* HVK_VCPU_FRAME; vcpu->mutex held. 0, -EBADF, -EINVAL, -EBUSY. */
int hvk_frame_join(struct hvk_vcpu *vcpu, const struct hvk_vcpu_frame *args);
/* The vCPU goes. */
void hvk_frame_leave(struct hvk_vcpu *vcpu);

/* --- frame_run.c: the thread of a vCPU that has a place ------------------------ */
/*
 * Around KVM_RUN: registers the vCPU for the windows on the thread's CPU and
 * makes the thread SCHED_FIFO. 0, -EINVAL, -EBUSY, -ENODEV.
 */
int hvk_place_begin(struct hvk_vcpu *vcpu);
void hvk_place_end(struct hvk_vcpu *vcpu);
/* Until its window is there. Exit contract; -ENODEV: the CPU is gone. */
int hvk_place_wait(struct hvk_vcpu *vcpu);
/* Interrupts off, right before the guest: whether it may. */
bool hvk_place_enter(struct hvk_vcpu *vcpu);
/* Interrupts off, right after. */
void hvk_place_left(struct hvk_vcpu *vcpu);
/* The guest waits, yields or uses an event: it starts up no more. */
void hvk_place_started(struct hvk_vcpu *vcpu);
/* It has nothing to do: when its window ends, that is no cut. */
void hvk_place_idle(struct hvk_vcpu *vcpu, bool rest_of_window);

#endif /* HVK_FRAME_H */
