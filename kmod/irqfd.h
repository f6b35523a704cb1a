/* SPDX-License-Identifier: GPL-2.0-only */
/* What irqfd.c and routing.c offer each other and the VM (process context but where said). */
#ifndef HVK_IRQFD_H
#define HVK_IRQFD_H

#include <linux/types.h>

struct hvk_vm;
struct hvk_vcpu;

/* --- irqfd.c ------------------------------------------------------------------------ */
/* A VM is created: no irqfds yet. 0 or -ENOMEM. */
int hvk_irqfds_init(struct hvk_vm *vm);
/* After hvk_irqfds_release(), or for a VM that never had a file. */
void hvk_irqfds_destroy(struct hvk_vm *vm);
/* The VM's file is closed: its irqfds go, and none comes after. */
void hvk_irqfds_release(struct hvk_vm *vm);
/* Whether an irqfd of this GSI wants to hear of EOIs; io_lock held. */
bool hvk_irqfd_resamples(struct hvk_vm *vm, u32 gsi);
/*
 * Tells the irqfds of all SPIs that are in vcpu->vgic.acked. On the vCPU's
 * thread with interrupts on and preemption allowed, because signalling an
 * eventfd takes locks that sleep on PREEMPT_RT.
 */
void hvk_irqfd_ack(struct hvk_vcpu *vcpu);

/* --- routing.c ---------------------------------------------------------------------- */
/* The INTID of the SPI behind a GSI, or 0 if there is none; any context. */
u32 hvk_gsi_to_intid(struct hvk_vm *vm, u32 gsi);
/* The GSI whose irqfds hear of this SPI's EOI; false: there is none. io_srcu held. */
bool hvk_intid_to_gsi(struct hvk_vm *vm, u32 intid, u32 *gsi);
/*
 * The GSI has its first irqfd that wants to hear of EOIs, or has lost the last:
 * what hvk_irq.resample says of its SPI is brought up to date. io_lock held.
 */
void hvk_routing_mark(struct hvk_vm *vm, u32 gsi);

#endif /* HVK_IRQFD_H */
