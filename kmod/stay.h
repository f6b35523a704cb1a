/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU's stay on a PE (EL1): while it lasts the PE has what of the vCPU's state
 * is not taken along at each entry, which is the GIC's virtual interface, and what
 * hvk knows of the timer's interrupt and of the TLB there. A stay is as long as
 * KVM_RUN, but for the times in which the thread waits or another has the CPU.
 */
#ifndef HVK_STAY_H
#define HVK_STAY_H

#include <linux/preempt.h>

struct hvk_vcpu;

struct hvk_stay {
	struct preempt_notifier pn;
};

/* With the vCPU's life, outside of KVM_RUN. */
void hvk_stay_init(struct hvk_vcpu *vcpu);
void hvk_stay_exit(struct hvk_vcpu *vcpu);
/* Around KVM_RUN, and the other way round where its thread waits; may be preempted. */
void hvk_vcpu_load(struct hvk_vcpu *vcpu);
void hvk_vcpu_put(struct hvk_vcpu *vcpu);

#endif /* HVK_STAY_H */
