/* SPDX-License-Identifier: GPL-2.0-only */
/* Eventfds that are signalled at the EOI of an SPI. Process context. */
#ifndef HVK_RESAMPLE_H
#define HVK_RESAMPLE_H

#include <linux/list.h>
#include <linux/types.h>

struct eventfd_ctx;
struct hvk_resampler;
struct hvk_vcpu;
struct hvk_vm;

/* An irqfd's part of it. The irqfd owns the eventfd, which is NULL if it has none for EOIs. */
struct hvk_resample {
	struct eventfd_ctx *eventfd;
	struct hvk_resampler *resampler;	/* its GSI's; kept by the last one that leaves */
	struct list_head link;
	u32 gsi;
};

/* From now on EOIs of the GSI's SPI signal resample->eventfd. io_lock held. 0 or -ENOMEM. */
int hvk_resample_join(struct hvk_vm *vm, u32 gsi, struct hvk_resample *resample);
/*
 * Removes resample from its GSI's list; readers, who hold io_srcu, may still use it.
 * true: it was the GSI's last. io_lock held.
 */
bool hvk_resample_leave(struct hvk_vm *vm, struct hvk_resample *resample);
/*
 * After it has left and a grace period of io_srcu: frees the GSI's list if this was its
 * last.
 */
void hvk_resample_free(struct hvk_resample *resample);
/* After a change of routes: marks the SPIs whose EOIs are waited for. io_lock held. */
void hvk_resample_rerouted(struct hvk_vm *vm);
/*
 * Signals the eventfds of all SPIs in vcpu->vgic.acked. On the vCPU's thread with
 * interrupts on and preemption enabled, because signalling an eventfd takes locks that
 * sleep on PREEMPT_RT.
 */
void hvk_resample_ack(struct hvk_vcpu *vcpu);

#endif /* HVK_RESAMPLE_H */
