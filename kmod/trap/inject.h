/* SPDX-License-Identifier: GPL-2.0-only */
/* Exceptions for the guest, and the state of its PE. */
#ifndef HVK_TRAP_INJECT_H
#define HVK_TRAP_INJECT_H

#include <linux/types.h>

struct hvk_vcpu;
struct kvm_vcpu_events;

/* PC += 4 (or 2), PSTATE.SS, BTYPE and IT handled (DDI 0487 D2.12). */
void hvk_skip_insn(struct hvk_vcpu *vcpu);
void hvk_inject_undef(struct hvk_vcpu *vcpu);
void hvk_inject_dabt(struct hvk_vcpu *vcpu, u64 va);
void hvk_inject_iabt(struct hvk_vcpu *vcpu, u64 va);
void hvk_inject_serror(struct hvk_vcpu *vcpu);
/* PSTATE.nRW: the guest's EL0 is in AArch32. */
bool hvk_guest_is_a32(const struct hvk_vcpu *vcpu);
bool hvk_guest_is_el0(const struct hvk_vcpu *vcpu);
/* Byte order of the guest's data accesses at its present exception level. */
bool hvk_guest_is_be(const struct hvk_vcpu *vcpu);
/* Which of ctx->sys[] is SP for A64 code (PSTATE.SP): HVK_SYS_SP_EL0 or _EL1. */
unsigned int hvk_guest_sp(const struct hvk_vcpu *vcpu);
/* false: a conditional AArch32 instruction trapped that is not executed. */
bool hvk_cond_passes(const struct hvk_vcpu *vcpu);
/* External abort on the guest's own translation table walk at `level`. */
void hvk_inject_walk_abort(struct hvk_vcpu *vcpu, bool iabt, u64 va,
			   unsigned int level);
/*
 * KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS. 0; -EINVAL: an SError syndrome,
 * which needs the RAS extension.
 */
int hvk_vcpu_events_get(struct hvk_vcpu *vcpu, struct kvm_vcpu_events *ev);
int hvk_vcpu_events_set(struct hvk_vcpu *vcpu,
			const struct kvm_vcpu_events *ev);

#endif /* HVK_TRAP_INJECT_H */
