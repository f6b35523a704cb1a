/* SPDX-License-Identifier: GPL-2.0-only */
/* Eventfds that hear of the EOI of an SPI. Process context but where said. */
#ifndef HVK_RESAMPLE_H
#define HVK_RESAMPLE_H

#include <linux/list.h>
#include <linux/types.h>

struct eventfd_ctx;
struct hvk_resampler;
struct hvk_vcpu;
struct hvk_vm;

/* An irqfd's part of it; its owner has the eventfd, and NULL if there is none. */
struct hvk_resample {
	struct eventfd_ctx *eventfd;
	struct hvk_resampler *resampler;	/* of its GSI, while it has one */
	struct list_head link;
	u32 gsi;
};

/* From now on resample->eventfd hears of the GSI's EOIs. io_lock held. 0 or -ENOMEM. */
int hvk_resample_join(struct hvk_vm *vm, u32 gsi, struct hvk_resample *resample);
/*
 * It hears of no more; readers may still be at it, who hold io_srcu. true: it was the
 * GSI's last. io_lock held.
 */
bool hvk_resample_leave(struct hvk_vm *vm, struct hvk_resample *resample);
/* After it has left and no reader is at it any more. */
void hvk_resample_free(struct hvk_resample *resample);
/* GSIs are other SPIs now: marks those whose EOIs are waited for. io_lock held. */
void hvk_resample_rerouted(struct hvk_vm *vm);
/*
 * Tells the eventfds of all SPIs that are in vcpu->vgic.acked. On the vCPU's thread
 * with interrupts on and preemption allowed, because signalling an eventfd takes
 * locks that sleep on PREEMPT_RT.
 */
void hvk_resample_ack(struct hvk_vcpu *vcpu);

#endif /* HVK_RESAMPLE_H */
