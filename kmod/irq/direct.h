/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts that EL2 delivers to a guest by itself, and the page with the distributor's
 * registers: EL1's side of el2/image/answer_gic.h and answer_dist.h.
 */
#ifndef HVK_IRQ_DIRECT_H
#define HVK_IRQ_DIRECT_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "core/vcpu.h"

/* At load, after EL2's tables are there: maps GICH and GICD at EL2. 0 or -ENOMEM. */
int hvk_direct_init(void);
/*
 * A new VM: the page that has the distributor's registers. 0 or -ENOMEM. Process context.
 */
int hvk_direct_vm_init(struct hvk_vm *vm);
/* No vCPU of the VM runs any more. Process context. */
void hvk_direct_vm_destroy(struct hvk_vm *vm);
/*
 * vm->lock held: whether EL2 may answer for the guest's distributor, now that the VMM has
 * changed memory regions, or the first vCPU is about to run.
 */
void hvk_direct_update(struct hvk_vm *vm);
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

/*
 * The vCPU's thread, after HVK_EXIT_KICK: the rest of what EL2 has done for the guest. Kicks
 * vCPUs that sleep and have an SGI, and moves interrupts that became pending while EL2
 * changed their registers.
 */
void hvk_direct_finish(struct hvk_vcpu *vcpu);
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
