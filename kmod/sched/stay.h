/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU's stay on a PE (EL1): while it lasts the PE has what of the vCPU's state
 * is not taken along at each entry, which is the GIC's virtual interface, and what
 * hvk knows of the timer's interrupt and of the TLB there.
 *
 * With preempt notifiers a stay is as long as KVM_RUN, but for the times in which
 * the thread waits or another has the CPU. Without (a kernel without KVM) nobody
 * says when that is: then each entry into the guest is a stay, and between them the
 * state is in memory.
 */
#ifndef HVK_STAY_H
#define HVK_STAY_H

struct hvk_vcpu;

/* When the vCPU is created and destroyed, outside of KVM_RUN. */
void hvk_stay_init(struct hvk_vcpu *vcpu);
void hvk_stay_exit(struct hvk_vcpu *vcpu);

#ifdef CONFIG_PREEMPT_NOTIFIERS
/* load at the start of KVM_RUN and put at its end; put and load around a wait. Preemptible. */
void hvk_vcpu_load(struct hvk_vcpu *vcpu);
void hvk_vcpu_put(struct hvk_vcpu *vcpu);

/*
 * Within KVM_RUN, preemption off, interrupts on: between these the vCPU is on this
 * PE in every case.
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
