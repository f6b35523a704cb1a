/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts that EL2 delivers to a guest by itself, and the distributor's registers that it
 * reads for the guest: EL1's side of el2/image/answer_gic.h.
 */
#ifndef HVK_IRQ_DIRECT_H
#define HVK_IRQ_DIRECT_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "core/vcpu.h"

struct hvk_irq;

/* At load, after EL2's tables are there: maps GICH and GICD at EL2. 0 or -ENOMEM. */
int hvk_direct_init(void);
/*
 * A new VM: the page that EL2 reads distributor registers from. 0 or -ENOMEM. Process
 * context.
 */
int hvk_direct_vm_init(struct hvk_vm *vm);
/* No vCPU of the VM runs any more. Process context. */
void hvk_direct_vm_destroy(struct hvk_vm *vm);
/*
 * vm->lock held: whether EL2 may answer for the guest's distributor, now that the VMM has
 * changed memory regions, or the first vCPU is about to run.
 */
void hvk_direct_update(struct hvk_vm *vm);
/*
 * After a change of the interrupt's registers, irq->lock held (or nobody else knows the
 * vCPU yet): so that EL2 reads them as they are. vcpu: whose a private interrupt is.
 */
void hvk_direct_image(struct hvk_vm *vm, struct hvk_vcpu *vcpu, const struct hvk_irq *irq);
/* The same for GICD_CTLR and the registers that tell what this distributor is. */
void hvk_direct_image_word(struct hvk_vm *vm, u32 offset, u32 val);
/* GICD_CTLR has changed: what EL2 may deliver does, too, on all vCPUs. */
void hvk_direct_touch_all(struct hvk_vm *vm);
/*
 * In the vCPU's thread, or with its mutex held: makes SGIs pending that EL2 of other PEs has
 * noted in its context. Before an entry, interrupts off and the vCPU's state
 * HVK_VCPU_IN_GUEST; before a sleep, with HVK_VCPU_SLEEPS.
 */
void hvk_direct_take_noted(struct hvk_vcpu *vcpu);

static inline void hvk_direct_take_sgis(struct hvk_vcpu *vcpu)
{
	const u64 *noted = (const u64 *)vcpu->ctx->shared.sgi;

	if (unlikely(READ_ONCE(noted[0]) | READ_ONCE(noted[1])))
		hvk_direct_take_noted(vcpu);
}

/* The vCPU's thread, after HVK_EXIT_KICK: kicks those that sleep and have an SGI from EL2. */
void hvk_direct_wake(struct hvk_vcpu *vcpu);
/*
 * Interrupts off, before an entry with list registers 0 to used - 1 in use: names those
 * that EL2 may use for the timer and for SGIs to itself. room: no other interrupt waits
 * for a list register.
 */
void hvk_direct_arm(struct hvk_vcpu *vcpu, unsigned int used, bool room);
/*
 * Interrupts off, after an exit, before list registers are taken back: what EL2 has put
 * into some becomes part of vgic.lr[].
 */
void hvk_direct_adopt(struct hvk_vcpu *vcpu);

#endif /* HVK_IRQ_DIRECT_H */
