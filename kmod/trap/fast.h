/* SPDX-License-Identifier: GPL-2.0-only */
/* What EL2 answers to a VM's guests by itself: EL1's side of el2/image/answer.c. */
#ifndef HVK_TRAP_FAST_H
#define HVK_TRAP_FAST_H

struct hvk_vcpu;
struct hvk_vm;

/* A VM is created, EL2 is ours: its page for EL2. 0 or -ENOMEM. Process context. */
int hvk_fast_vm_init(struct hvk_vm *vm);
/* No vCPU of the VM runs any more. Process context. */
void hvk_fast_vm_destroy(struct hvk_vm *vm);
/* Before the first entry of a vCPU, vm->lock held: from here on EL2 answers for it. */
void hvk_fast_first_run(struct hvk_vcpu *vcpu);
/* The VMM has changed memory regions. Takes vm->lock; process context. */
void hvk_fast_slots_changed(struct hvk_vm *vm);
/* The VMM has changed what PSCI offers. Takes vm->lock; process context. */
void hvk_fast_update(struct hvk_vm *vm);

#endif /* HVK_TRAP_FAST_H */
