/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM_SET_GUEST_DEBUG: the VMM steps the guest, breaks into it and watches its
 * memory (EL1). vcpu->mutex is held for all of it.
 */
#ifndef HVK_TRAP_GUESTDBG_H
#define HVK_TRAP_GUESTDBG_H

#include <linux/kvm.h>
#include <linux/types.h>

struct hvk_vcpu;
struct kvm_guest_debug;

/* What KVM_CAP_SET_GUEST_DEBUG2 answers: the bits of kvm_guest_debug.control. */
#define HVK_GUESTDBG_VALID						\
	(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP |		\
	 KVM_GUESTDBG_USE_SW_BP | KVM_GUESTDBG_USE_HW)
/* KVM_SET_GUEST_DEBUG. 0, -EINVAL: an unknown bit of control. */
int hvk_guestdbg_set(struct hvk_vcpu *vcpu, const struct kvm_guest_debug *dbg);
/*
 * Right around guest mode, interrupts off, if control is not 0: the VMM's
 * wishes in, the guest's own state back.
 */
void hvk_guestdbg_load(struct hvk_vcpu *vcpu);
void hvk_guestdbg_put(struct hvk_vcpu *vcpu);
/*
 * The module did an instruction of the guest for it, or took it to a vector:
 * that was the step.
 */
void hvk_guestdbg_stepped(struct hvk_vcpu *vcpu);
/* A debug exception: KVM_EXIT_DEBUG. Exit contract. */
int hvk_guestdbg_exit(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_GUESTDBG_H */
