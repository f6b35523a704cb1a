/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2 of one CPU: taken, and given back. */
#ifndef HVK_EL2_TAKE_H
#define HVK_EL2_TAKE_H

#include <linux/types.h>

struct cpumask;
struct hvk_el2_cpu;

/*
 * What else has to be done on a CPU right after its EL2 was taken (up), and right before it
 * is handed back (down). On that CPU, interrupts off. kvm: KVM believes that it is
 * installed there.
 */
struct hvk_el2_hooks {
	void (*up)(void);
	void (*down)(bool kvm);
};

/* Called once, before the first take; *hooks stays valid. */
void hvk_el2_set_hooks(const struct hvk_el2_hooks *hooks);
/* CPUs on which KVM did not take EL2 back; each CPU sets its own bit. */
extern struct cpumask hvk_el2_without_kvm;
/*
 * Takes EL2 of this CPU from the stub, and from KVM if from_kvm. Interrupts off. 0, also
 * if it is ours already; -EBUSY: it is KVM's and from_kvm is false; -EPERM: KVM does not
 * give it up; -EIO: EL2 did not answer after the take.
 */
int hvk_el2_take_here(bool from_kvm);
/*
 * Calls SOFT_RESTART of the stub, or of KVM, which goes back to the stub's vectors, to
 * enter the image at the PA `entry`. Interrupts off; *cpu is clean to the PoC. Returns
 * what the image answered in x0.
 */
u64 hvk_el2_soft_restart(phys_addr_t entry, struct hvk_el2_cpu *cpu);
/*
 * Gives EL2 of this CPU back to the stub and, if give_to_kvm, to a KVM that believes that
 * it is installed here. Does nothing if EL2 is not ours. Interrupts off, in a thread that
 * is bound to this CPU, not in an IPI: the GIC's part in cpu_pm_enter() and cpu_pm_exit()
 * writes active states back, which would upset that of the IPI itself. 0, or -EIO: EL2 was
 * given back to the stub, but KVM did not take it.
 */
int hvk_el2_release_here(bool give_to_kvm);
/* Has KVM install itself on the stub; context as above. 0, or -EIO: it did not. */
int hvk_el2_give_to_kvm_here(void);

#endif /* HVK_EL2_TAKE_H */
