/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cyclic schedule: which vCPU may be in the guest on which CPU when. frame.c
 * has its file and its life, frame_run.c what happens as it runs.
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

/* Its guest waits, yields or uses an event. */
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

/* YIELD: gives up the rest of the window. false: the vCPU has none. */
static inline bool hvk_frame_yield(struct hvk_vcpu *vcpu)
{
	if (hvk_frame_has_place(vcpu))
		hvk_place_idle(vcpu, true);
	return hvk_frame_has_place(vcpu);
}

/* HVK_CREATE_FRAME: an fd or errno. */
int hvk_frame_create_fd(const void __user *arg);
/* HVK_VCPU_FRAME; vcpu->mutex held. 0, -EBADF, -EINVAL, -EBUSY. */
int hvk_frame_join(struct hvk_vcpu *vcpu, const struct hvk_vcpu_frame *args);
/* Gives up the place of a vCPU that is being destroyed. */
void hvk_frame_leave(struct hvk_vcpu *vcpu);

#endif /* HVK_SCHED_FRAME_H */
