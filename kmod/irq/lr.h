/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual interrupts in list registers: before and after the guest. */
#ifndef HVK_IRQ_LR_H
#define HVK_IRQ_LR_H

#include <linux/types.h>

struct hvk_vcpu;

/* On each CPU as EL2 is taken, interrupts off: empties its list registers. */
void hvk_vgic_cpu_init(void);
/* Preemption off: brings GICH_VMCR and GICH_APR onto, off this CPU. */
void hvk_vgic_load(struct hvk_vcpu *vcpu);
void hvk_vgic_put(struct hvk_vcpu *vcpu);
/*
 * Interrupts off, just before entry: picks what goes into list registers. An
 * interrupt that comes later kicks the vCPU: clear its kick word before this.
 * Without an interrupt it touches no register.
 */
void hvk_vgic_flush(struct hvk_vcpu *vcpu);
/*
 * Interrupts off, just after exit: takes the state back and silences the
 * maintenance interrupt. Only then may others take the vCPU for outside. With
 * vgic.has_acked set, hvk_resample_ack() has to follow when interrupts are on.
 */
void hvk_vgic_sync(struct hvk_vcpu *vcpu);
/*
 * In the place of sync if the guest was not entered after all, because EL2 was
 * not ours: what GICH holds may be lost (the CPU was without power).
 */
void hvk_vgic_cancel(struct hvk_vcpu *vcpu);

#endif /* HVK_IRQ_LR_H */
