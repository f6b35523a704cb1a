/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2 of one CPU: taken, and given back. */
#ifndef HVK_EL2_TAKE_H
#define HVK_EL2_TAKE_H

#include <linux/types.h>

struct cpumask;
struct hvk_el2_cpu;

/*
 * What has to follow when EL2 of a CPU becomes ours, and ahead of when it no longer
 * is. On that CPU, interrupts off. kvm: KVM believes that it is installed here.
 */
struct hvk_el2_hooks {
	void (*up)(void);
	void (*down)(bool kvm);
};

/* Sets what follows a take and precedes a release (struct hvk_el2_hooks); before the first take. */
void hvk_el2_set_hooks(const struct hvk_el2_hooks *hooks);
/* CPUs on which KVM did not take EL2 back; each changes its own bit. */
extern struct cpumask hvk_el2_without_kvm;
/* Interrupts off: takes EL2 of this CPU from the stub (or KVM, if allowed). */
int hvk_el2_take_here(bool from_kvm);
/*
 * Interrupts off: SOFT_RESTART of the stub or of KVM, which leaves on the
 * stub's vectors, into the image at `entry`. `cpu` is clean to the PoC. What
 * the image answered in x0.
 */
u64 hvk_el2_soft_restart(phys_addr_t entry, struct hvk_el2_cpu *cpu);
/*
 * Gives EL2 back where it came from; nothing, if it is not ours. Interrupts off, in a
 * thread that is bound to this CPU: the GIC's part in cpu_pm_enter() writes active
 * state back, which an IPI's own would upset. -EIO: EL2 is free now, but KVM, whose
 * it was, did not take it, as it was to.
 */
int hvk_el2_release_here(bool give_to_kvm);
/* The same context: KVM installs itself on the stub. 0, or -EIO: it did not. */
int hvk_el2_give_to_kvm_here(void);

#endif /* HVK_EL2_TAKE_H */
