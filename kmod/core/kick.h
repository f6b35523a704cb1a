/* SPDX-License-Identifier: GPL-2.0-only */
/* Kicks and requests: making a vCPU look at what there is for it. */
#ifndef HVK_KICK_H
#define HVK_KICK_H

struct hvk_vcpu;
struct task_struct;

/* A new vCPU: nobody's thread runs it. */
void hvk_kick_init(struct hvk_vcpu *vcpu);
/*
 * The thread whose CPU a kick has to interrupt: the one that is in KVM_RUN. A
 * reference is kept until another thread, or NULL, takes its place. Process
 * context, vcpu->mutex held (or nobody else knows the vCPU).
 */
void hvk_kick_set_task(struct hvk_vcpu *vcpu, struct task_struct *task);

#endif /* HVK_KICK_H */
