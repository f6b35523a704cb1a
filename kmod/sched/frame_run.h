/* SPDX-License-Identifier: GPL-2.0-only */
/* The schedule as it runs: the thread of a vCPU that has a place. */
#ifndef HVK_SCHED_FRAME_RUN_H
#define HVK_SCHED_FRAME_RUN_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * Around KVM_RUN: registers the vCPU for the windows on the thread's CPU and
 * makes the thread SCHED_FIFO. 0, -EINVAL, -EBUSY, -ENODEV.
 */
int hvk_place_begin(struct hvk_vcpu *vcpu);
void hvk_place_end(struct hvk_vcpu *vcpu);
/* Waits until the vCPU's window begins. Exit contract; -ENODEV: the CPU went offline. */
int hvk_place_wait(struct hvk_vcpu *vcpu);
/* Whether the guest may be entered now. Interrupts off, right before the entry. */
bool hvk_place_enter(struct hvk_vcpu *vcpu);
/* The guest was left. Interrupts off, right after the exit. */
void hvk_place_left(struct hvk_vcpu *vcpu);
/* The guest waits, yields or uses an event: it starts up no more. */
void hvk_place_started(struct hvk_vcpu *vcpu);
/* It has nothing to do: when its window ends, that is no cut. */
void hvk_place_idle(struct hvk_vcpu *vcpu, bool rest_of_window);

#endif /* HVK_SCHED_FRAME_RUN_H */
