/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual interrupt controller (vGIC) of one VM: distributor state, list registers,
 * the VGIC device of the KVM ABI.
 *
 * An interrupt that is active, or enabled and pending, is on the ap_list of the one
 * vCPU that has to take it; no other interrupt is on a list. (Where EL2 has just changed
 * its registers, this holds once that EL2's vCPU has been at EL1: irq/image.h.) A vCPU puts
 * what is on its ap_list into list registers as it enters the guest, and takes it back at
 * the exit. In between (hvk_irq.in_lr) only the vCPU itself changes the list membership of
 * these interrupts; everyone else only notes the change in the interrupt and kicks the vCPU.
 *
 * Locks, outermost first, all raw and with interrupts off, because interrupts are
 * injected from hard interrupt context:
 *
 *   hvk_vgic_cpu.lock	the ap_list; never two vCPUs' at once
 *   hvk_irq.lock	one interrupt; never two interrupts' at once
 *
 * hvk_vcpu_kick() is called with neither held.
 */
#ifndef HVK_IRQ_VGIC_H
#define HVK_IRQ_VGIC_H

#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;

/*
 * On KVM_ARM_VCPU_INIT and PSCI CPU_ON: clears the state of PPIs that are mapped to
 * physical interrupts.
 */
void hvk_vgic_vcpu_reset(struct hvk_vcpu *vcpu);
/*
 * Whether the vCPU has an interrupt to take, by the state that hvk_vgic_put() or
 * hvk_vgic_note_mask() saved; any context.
 */
bool hvk_vgic_pending(struct hvk_vcpu *vcpu);
/*
 * Sets the input line of an interrupt. intid < 32 means vcpu's own PPI, else an SPI,
 * and vcpu may be NULL. If it is edge-triggered a rising edge makes it pending. Any
 * context. 0, -EINVAL (no such interrupt), -ENODEV (no vGIC, or it is not initialised).
 */
int hvk_vgic_inject(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid,
		    bool level);
/*
 * Makes an interrupt pending once, however it is configured, until the guest takes it:
 * for an event without a line. Arguments, context and result as above.
 */
int hvk_vgic_pulse(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid);
/*
 * Maps a PPI of the vCPU to a physical interrupt: its list register has HW = 1 and
 * `pintid`, so that the guest's deactivation deactivates both. The line is still what
 * hvk_vgic_inject() last said; `level` (or NULL) reads the present one when the guest
 * reads GICD_ISPENDR or GICD_ICPENDR, on the vCPU's own thread, with interrupts off. 0
 * or -EINVAL.
 */
int hvk_vgic_map_phys(struct hvk_vcpu *vcpu, u32 intid, u32 pintid,
		      bool (*level)(struct hvk_vcpu *vcpu, u32 intid));
/*
 * Whether the interrupt that is mapped to a physical one is active, or may become so
 * without its line: then the physical one has to be active, too. On the vCPU's own
 * thread.
 */
bool hvk_vgic_timer_active(struct hvk_vcpu *vcpu);
/*
 * After a change of GICD_CTLR: moves some of the VM's interrupts, from number *at on (0
 * at first), to the lists where they belong. true: all are done. Process context.
 */
bool hvk_vgic_update_step(struct hvk_vm *vm, u64 *at);

#endif /* HVK_IRQ_VGIC_H */
