/* SPDX-License-Identifier: GPL-2.0-only */
/* hvk's own hypercalls (uapi/hvk_para.h), and how those are passed on that the VMM answers. */
#ifndef HVK_PARTITION_PARA_H
#define HVK_PARTITION_PARA_H

#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;
struct hvk_vm_para;

/* For a new vCPU: sets up its timers and vcpu->wakes. */
void hvk_para_vcpu_init(struct hvk_vcpu *vcpu);
/*
 * KVM_ARM_VCPU_INIT, CPU_ON: cancels HVK_PARA_TIMER_SET's timer and forgets a call that the
 * VMM has yet to answer. Process context.
 */
void hvk_para_vcpu_reset(struct hvk_vcpu *vcpu);
/* Stops the vCPU's timers; before the vGIC is destroyed. Process context. */
void hvk_para_vcpu_destroy(struct hvk_vcpu *vcpu);
/* HVK_VM_PARA; process context, takes vm->lock. 0, -EINVAL, -EBUSY (there is a vCPU). */
int hvk_para_enable(struct hvk_vm *vm, const struct hvk_vm_para *args);
/* Whether fn is one of hvk's hypercalls, which hvk_para_call() handles. */
bool hvk_para_is_call(u32 fn);
/* Handles the hypercall fn, for which hvk_para_is_call(). Exit contract; the vCPU's thread. */
int hvk_para_call(struct hvk_vcpu *vcpu, u32 fn);
/* At the start of KVM_RUN, para.pending set: copies the VMM's answer from the run page. */
void hvk_para_finish(struct hvk_vcpu *vcpu);
/* The guest's CNTVCT in nanoseconds, the time that hvk's hypercalls use. */
u64 hvk_para_now(struct hvk_vcpu *vcpu);

#endif /* HVK_PARTITION_PARA_H */
