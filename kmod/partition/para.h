/* SPDX-License-Identifier: GPL-2.0-only */
/* hvk's own hypercalls (uapi/hvk_para.h), and what the VMM has of them. */
#ifndef HVK_PARTITION_PARA_H
#define HVK_PARTITION_PARA_H

#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;
struct hvk_vm_para;

void hvk_para_vcpu_init(struct hvk_vcpu *vcpu);
/* KVM_ARM_VCPU_INIT, CPU_ON: no timer, no unfinished call. Process context. */
void hvk_para_vcpu_reset(struct hvk_vcpu *vcpu);
/* Stops the timers; before the vGIC is destroyed. */
void hvk_para_vcpu_destroy(struct hvk_vcpu *vcpu);
/* HVK_VM_PARA; takes vm->lock. 0, -EINVAL, -EBUSY. */
int hvk_para_enable(struct hvk_vm *vm, const struct hvk_vm_para *args);
/* Whether fn is one of ours; if so hvk_para_call() answers. */
bool hvk_para_is_call(u32 fn);
/* Exit contract; the vCPU's thread, x0 = fn. */
int hvk_para_call(struct hvk_vcpu *vcpu, u32 fn);
/* At the start of RUN: takes the VMM's answer out of the run page. */
void hvk_para_finish(struct hvk_vcpu *vcpu);
/* CNTVCT of the guest in ns: what its hypercalls count in. */
u64 hvk_para_now(struct hvk_vcpu *vcpu);

#endif /* HVK_PARTITION_PARA_H */
