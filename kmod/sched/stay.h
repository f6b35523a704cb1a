/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU's stay on a PE (EL1): while it lasts, the state that is not switched at each
 * entry is on the PE. That is the GIC's virtual interface, and what hvk knows of the state
 * of the virtual timer's physical interrupt and of the TLB there.
 *
 * With preempt notifiers a stay lasts as long as KVM_RUN, but for the times in which the
 * thread waits or is scheduled out. A kernel without KVM has no preempt notifiers, and
 * nothing else tells hvk of a context switch: there each entry into the guest is a stay of
 * its own, and between entries the state is in memory.
 */
#ifndef HVK_STAY_H
#define HVK_STAY_H

struct hvk_vcpu;

/* As the vCPU is created and destroyed, outside of KVM_RUN. Process context. */
void hvk_stay_init(struct hvk_vcpu *vcpu);
void hvk_stay_exit(struct hvk_vcpu *vcpu);

#ifdef CONFIG_PREEMPT_NOTIFIERS
/*
 * Begin and end a stay: load at the start of KVM_RUN and put at its end, put and load
 * around a wait. In the vCPU's thread, preemptible.
 */
void hvk_vcpu_load(struct hvk_vcpu *vcpu);
void hvk_vcpu_put(struct hvk_vcpu *vcpu);

/*
 * Around each entry into the guest, preemption off, interrupts on: between the two calls
 * the vCPU is loaded on this PE, with or without preempt notifiers.
 */
static inline void hvk_stay_begin(struct hvk_vcpu *vcpu) { }
static inline void hvk_stay_end(struct hvk_vcpu *vcpu) { }
#else
static inline void hvk_vcpu_load(struct hvk_vcpu *vcpu) { }
static inline void hvk_vcpu_put(struct hvk_vcpu *vcpu) { }
void hvk_stay_begin(struct hvk_vcpu *vcpu);
void hvk_stay_end(struct hvk_vcpu *vcpu);
#endif

#endif /* HVK_STAY_H */
