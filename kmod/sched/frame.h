/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cyclic schedule: which vCPU may be in the guest when, and on which CPU. frame.c
 * implements its file and lifetime, frame_run.c its windows as they run.
 *
 * A vCPU without a place in a schedule may always run: for it the wrappers below do
 * nothing. Calling context and results are those of hvk_place_*() in frame_run.h.
 */
#ifndef HVK_SCHED_FRAME_H
#define HVK_SCHED_FRAME_H

#include <linux/types.h>

#include "core/vcpu.h"
#include "sched/frame_run.h"

struct hvk_vcpu_frame;

static inline bool hvk_frame_has_place(const struct hvk_vcpu *vcpu)
{
	return vcpu->place.sched;
}

static inline int hvk_frame_begin(struct hvk_vcpu *vcpu)
{
	return hvk_frame_has_place(vcpu) ? hvk_place_begin(vcpu) : 0;
}

static inline void hvk_frame_end(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_end(vcpu);
}

static inline int hvk_frame_wait(struct hvk_vcpu *vcpu)
{
	return hvk_frame_has_place(vcpu) ? hvk_place_wait(vcpu) : 1;
}

static inline bool hvk_frame_enter(struct hvk_vcpu *vcpu)
{
	return !hvk_frame_has_place(vcpu) || hvk_place_enter(vcpu);
}

static inline void hvk_frame_left(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_left(vcpu);
}

/* The guest waits, yields or uses an event: its start-up is over. */
static inline void hvk_frame_started(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_started(vcpu);
}

static inline void hvk_frame_idle(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_idle(vcpu, false);
}

/* HVK_PARA_YIELD: gives up the rest of the window. false: the vCPU is in no schedule. */
static inline bool hvk_frame_yield(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_idle(vcpu, true);
	return hvk_frame_has_place(vcpu);
}

/*
 * HVK_CREATE_FRAME: creates a schedule that is not running. An fd, -EPERM, -EFAULT,
 * -EINVAL, -ENODEV (a CPU is offline), -EBUSY (a CPU has another schedule), -ENOMEM, or
 * what anon_inode_getfd() says. Process context.
 */
int hvk_frame_create_fd(const void __user *arg);
/*
 * HVK_VCPU_FRAME: gives the vCPU its place in a schedule; process context, vcpu->mutex
 * held. 0, -EBADF, -EINVAL, -EBUSY (the vCPU has run or has a place).
 */
int hvk_frame_join(struct hvk_vcpu *vcpu, const struct hvk_vcpu_frame *args);
/* Removes a vCPU that is being destroyed from its schedule, if it has one. Process context. */
void hvk_frame_leave(struct hvk_vcpu *vcpu);

#endif /* HVK_SCHED_FRAME_H */
