/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual interrupts in list registers: written before the guest runs, read after. */
#ifndef HVK_IRQ_LR_H
#define HVK_IRQ_LR_H

#include <linux/compiler.h>
#include <linux/list.h>

#include "core/vcpu.h"

/* On each CPU as EL2 is taken, interrupts off: empties its list registers. */
void hvk_vgic_cpu_init(void);
/* Sets the active state of this CPU's physical PPI `pintid`. Interrupts off. */
void hvk_vgic_ppi_active(u32 pintid, bool active);
/* Preemption off: write GICH_VMCR and GICH_APR to this CPU's GICH, and save them from it. */
void hvk_vgic_load(struct hvk_vcpu *vcpu);
void hvk_vgic_put(struct hvk_vcpu *vcpu);
/*
 * For hvk_vgic_pending(), while the vCPU's thread polls: it needs the guest's priority mask
 * and groups as they are, which put saves only later. Process context.
 */
void hvk_vgic_note_mask(struct hvk_vcpu *vcpu);
/* The parts of hvk_vgic_flush() and hvk_vgic_sync() that touch list registers. */
void hvk_vgic_write_lrs(struct hvk_vcpu *vcpu);
void hvk_vgic_read_lrs(struct hvk_vcpu *vcpu);
/*
 * Interrupts off, just before entry: picks what goes into list registers and writes
 * them. An interrupt that comes later kicks the vCPU, so its kick word must be cleared
 * before this call. Touches no register if there is no interrupt.
 */
static inline void hvk_vgic_flush(struct hvk_vcpu *vcpu)
{
	const struct hvk_vgic_cpu *cpu = &vcpu->vgic;

	/*
	 * No lock: whoever adds an interrupt just now kicks the vCPU afterwards, and
	 * the kick is seen before the guest is entered.
	 */
	if (unlikely(!list_empty(&cpu->ap_list) || cpu->hw_valid ||
		     cpu->dir_crowded))
		hvk_vgic_write_lrs(vcpu);
}

/*
 * Interrupts off, just after exit: takes the state back and silences the maintenance
 * interrupt. vcpu->mode may become HVK_OUTSIDE only after this. If vgic.has_acked is
 * set, hvk_resample_ack() has to follow when interrupts are on.
 */
static inline void hvk_vgic_sync(struct hvk_vcpu *vcpu)
{
	/*
	 * Interrupts that are in no list register are kept up to date by whoever
	 * changes them.
	 */
	if (unlikely(vcpu->vgic.used_lr || vcpu->ctx->fast.lrs))
		hvk_vgic_read_lrs(vcpu);
}

/*
 * Instead of hvk_vgic_sync() if the guest was not entered after all, because EL2 was
 * not ours: what GICH holds may be lost (the CPU was without power). Interrupts off.
 */
void hvk_vgic_cancel(struct hvk_vcpu *vcpu);

#endif /* HVK_IRQ_LR_H */
