/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM_SET_GUEST_DEBUG: single steps, breakpoints and watchpoints that the VMM sets in a
 * guest (EL1). All functions are called with vcpu->mutex held.
 */
#ifndef HVK_TRAP_GUESTDBG_H
#define HVK_TRAP_GUESTDBG_H

#include <linux/kvm.h>
#include <linux/types.h>

struct hvk_vcpu;
struct kvm_guest_debug;

/* The valid bits of kvm_guest_debug.control, which KVM_CAP_SET_GUEST_DEBUG2 returns. */
#define HVK_GUESTDBG_VALID						\
	(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP |		\
	 KVM_GUESTDBG_USE_SW_BP | KVM_GUESTDBG_USE_HW)
/* KVM_SET_GUEST_DEBUG. 0, or -EINVAL (an unknown bit of control). */
int hvk_guestdbg_set(struct hvk_vcpu *vcpu, const struct kvm_guest_debug *dbg);
/*
 * Called right before and after guest mode, interrupts off, if vcpu->dbg.control is not 0:
 * load sets the context up for the VMM's debugging, put restores the guest's own state.
 */
void hvk_guestdbg_load(struct hvk_vcpu *vcpu);
void hvk_guestdbg_put(struct hvk_vcpu *vcpu);
/*
 * The module emulated an instruction of the guest or injected an exception, which counts
 * as the step: if the VMM steps the guest, the step's exception is due.
 */
void hvk_guestdbg_stepped(struct hvk_vcpu *vcpu);
/* Handles a debug exception: fills the run page for KVM_EXIT_DEBUG. Exit contract: 0. */
int hvk_guestdbg_exit(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_GUESTDBG_H */
