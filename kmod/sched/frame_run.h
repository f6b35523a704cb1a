/* SPDX-License-Identifier: GPL-2.0-only */
/* The schedule as it runs, for the thread of a vCPU that has a place in it. */
#ifndef HVK_SCHED_FRAME_RUN_H
#define HVK_SCHED_FRAME_RUN_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * At the start of KVM_RUN: registers the vCPU for its owner's windows on the thread's CPU
 * and makes the thread SCHED_FIFO. 0, -EINVAL (the thread is not bound to one CPU, or the
 * owner has no window there), -EBUSY (another vCPU has the windows), -ENODEV (the
 * schedule has failed). Process context.
 */
int hvk_place_begin(struct hvk_vcpu *vcpu);
/*
 * At the end of KVM_RUN: the thread is SCHED_OTHER from the end of the open window on, or at
 * once if none of its own is open. The vCPU stays registered. Process context.
 */
void hvk_place_end(struct hvk_vcpu *vcpu);
/*
 * Waits until the vCPU's window is open, or until something else needs the RUN loop: a
 * request, a signal, the VM's death or the schedule's failure. Exit contract: 1, or
 * -ENODEV (the schedule has failed). Process context, vCPU loaded.
 */
int hvk_place_wait(struct hvk_vcpu *vcpu);
/*
 * Whether the vCPU's window is open, so that the guest may be entered. If so, the entry is
 * counted. Interrupts off, right before the entry.
 */
bool hvk_place_enter(struct hvk_vcpu *vcpu);
/* Accounts for the guest time and for a late end. Interrupts off, right after the exit. */
void hvk_place_left(struct hvk_vcpu *vcpu);
/* The guest waits, yields or uses an event: its start-up is over. Any context. */
void hvk_place_started(struct hvk_vcpu *vcpu);
/*
 * The vCPU has nothing to do, so that the end of its window does not count as a cut. With
 * rest_of_window it does not run again before its next window. Process context.
 */
void hvk_place_idle(struct hvk_vcpu *vcpu, bool rest_of_window);

#endif /* HVK_SCHED_FRAME_RUN_H */
