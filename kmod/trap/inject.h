/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Injecting exceptions into the guest, and reading the state of its PE. All functions work
 * on the context: in the vCPU's thread or with vcpu->mutex held, outside of guest mode.
 */
#ifndef HVK_TRAP_INJECT_H
#define HVK_TRAP_INJECT_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "core/vcpu.h"

struct kvm_vcpu_events;

/* SPSR_EL2 and SCTLR_EL1, what the usual cases below look at */
#define HVK_PSTATE_NRW		BIT_ULL(4)	/* AArch32 */
#define HVK_PSTATE_BTYPE	GENMASK_ULL(11, 10)
#define HVK_PSTATE_SS		BIT_ULL(21)
#define HVK_SCTLR_ENDIAN	GENMASK_ULL(25, 24)	/* EE and E0E */
#define HVK_SCTLR_CACHES	(BIT_ULL(0) | BIT_ULL(2))	/* M and C */

/* hvk_skip_insn() for AArch32 and for a guest that its VMM debugs. */
void hvk_skip_any_insn(struct hvk_vcpu *vcpu);
/*
 * Completes the instruction at the PC, after its work is done: advances the PC by 4 (T32:
 * also 2) and updates PSTATE.SS, BTYPE and IT (DDI 0487 D2.12).
 */
static inline void hvk_skip_insn(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;

	if (unlikely(ctx->pstate & HVK_PSTATE_NRW || vcpu->dbg.control)) {
		hvk_skip_any_insn(vcpu);
		return;
	}
	ctx->pstate &= ~(HVK_PSTATE_SS | HVK_PSTATE_BTYPE);
	ctx->pc += 4;
}

/* Takes the guest to its EL1 for an UNDEFINED instruction at the PC. */
void hvk_inject_undef(struct hvk_vcpu *vcpu);
/* The same for a synchronous external data or instruction abort; va goes to FAR_EL1. */
void hvk_inject_dabt(struct hvk_vcpu *vcpu, u64 va);
void hvk_inject_iabt(struct hvk_vcpu *vcpu, u64 va);
/* Makes a virtual SError pending. */
void hvk_inject_serror(struct hvk_vcpu *vcpu);
/* Whether the guest is in AArch32 (PSTATE.nRW), which only its EL0 may be. */
bool hvk_guest_is_a32(const struct hvk_vcpu *vcpu);
bool hvk_guest_is_el0(const struct hvk_vcpu *vcpu);
/* hvk_guest_is_be() for a guest that sets any of these bits. */
bool hvk_guest_is_be_now(const struct hvk_vcpu *vcpu);
/* Whether the guest's data accesses at its present exception level are big-endian. */
static inline bool hvk_guest_is_be(const struct hvk_vcpu *vcpu)
{
	const struct hvk_el2_ctx *ctx = vcpu->ctx;

	return unlikely(ctx->sys[HVK_SYS_SCTLR_EL1] & HVK_SCTLR_ENDIAN ||
			ctx->pstate & HVK_PSTATE_NRW) && hvk_guest_is_be_now(vcpu);
}

/* Whether the guest's MMU and data cache are on, so that its accesses use the caches. */
static inline bool hvk_guest_caches_on(const struct hvk_vcpu *vcpu)
{
	return (vcpu->ctx->sys[HVK_SYS_SCTLR_EL1] & HVK_SCTLR_CACHES) == HVK_SCTLR_CACHES;
}

/* The index in ctx->sys[] of A64 code's present SP: HVK_SYS_SP_EL0 or HVK_SYS_SP_EL1. */
unsigned int hvk_guest_sp(const struct hvk_vcpu *vcpu);
/*
 * Whether the condition of the instruction that trapped holds. false: an AArch32
 * instruction that must only be skipped. ESR is in ctx->exit.esr.
 */
bool hvk_cond_passes(const struct hvk_vcpu *vcpu);
/* Injects an external abort on the guest's own (stage-1) table walk at `level`. */
void hvk_inject_walk_abort(struct hvk_vcpu *vcpu, bool iabt, u64 va,
			   unsigned int level);
/*
 * KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS. 0, or -EINVAL: padding, or an SError with a
 * syndrome, which would need the RAS extension.
 */
int hvk_vcpu_events_get(struct hvk_vcpu *vcpu, struct kvm_vcpu_events *ev);
int hvk_vcpu_events_set(struct hvk_vcpu *vcpu,
			const struct kvm_vcpu_events *ev);

#endif /* HVK_TRAP_INJECT_H */
