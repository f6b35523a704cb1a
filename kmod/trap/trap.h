/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files that answer the guest's traps share, beside hvk_host.h:
 * exit.c, mmio.c, sysreg.c, debugreg.c, psci.c, hypercall.c, inject.c,
 * onereg.c. Process context, interrupts on; the vCPU is not in the guest.
 */
#ifndef HVK_TRAP_H
#define HVK_TRAP_H

#include <linux/kvm.h>
#include <linux/types.h>

#include <uapi/linux/psci.h>

#include "base/esr.h"

struct hvk_vcpu;

/* PSTATE.nRW: the guest's EL0 is in AArch32. */
bool hvk_guest_is_a32(const struct hvk_vcpu *vcpu);
bool hvk_guest_is_el0(const struct hvk_vcpu *vcpu);
/* Byte order of the guest's data accesses at its present exception level. */
bool hvk_guest_is_be(const struct hvk_vcpu *vcpu);
/* Which of ctx->sys[] is SP for A64 code (PSTATE.SP): HVK_SYS_SP_EL0 or _EL1. */
unsigned int hvk_guest_sp(const struct hvk_vcpu *vcpu);
/* false: a conditional AArch32 instruction trapped that is not executed. */
bool hvk_cond_passes(const struct hvk_vcpu *vcpu);

/* --- inject.c ----------------------------------------------------------------- */
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

/* Versions of PSCI, as KVM_REG_ARM_PSCI_VERSION has them. */
#define HVK_PSCI_0_1	PSCI_VERSION(0, 1)
#define HVK_PSCI_0_2	PSCI_VERSION(0, 2)
#define HVK_PSCI_1_0	PSCI_VERSION(1, 0)
#define HVK_PSCI_1_1	PSCI_VERSION(1, 1)

/* --- psci.c --------------------------------------------------------------------- */
/* The version that the vCPU is offered, as HVK_PSCI_*. */
u32 hvk_psci_version(const struct hvk_vcpu *vcpu);
/* A function of the PSCI range, x0 = fn. Exit contract; x0 is the answer. */
int hvk_psci_call(struct hvk_vcpu *vcpu, u32 fn);
/* Makes the exit a system event (KVM_SYSTEM_EVENT_*) without data; 0. */
int hvk_exit_system_event(struct hvk_vcpu *vcpu, u32 type);
/* Switches the vCPU off, as CPU_OFF and KVM_SET_MP_STATE do. Any context. */
void hvk_vcpu_power_off(struct hvk_vcpu *vcpu);
/* Switches it on, or ends its suspension. Any context; no kick. */
void hvk_vcpu_power_on(struct hvk_vcpu *vcpu);
/* KVM_GET_MP_STATE, KVM_SET_MP_STATE. 0; -EINVAL: an unknown state. */
int hvk_vcpu_mp_state_get(struct hvk_vcpu *vcpu, struct kvm_mp_state *state);
int hvk_vcpu_mp_state_set(struct hvk_vcpu *vcpu,
			  const struct kvm_mp_state *state);

/* --- hypercall.c ------------------------------------------------------------------ */
/* KVM_REG_ARM_FW and KVM_REG_ARM_FW_FEAT_BMAP registers. 0, -ENOENT, -EINVAL. */
int hvk_fwreg_get(struct hvk_vcpu *vcpu, u64 id, u64 *val);
int hvk_fwreg_set(struct hvk_vcpu *vcpu, u64 id, u64 val);
/* The n-th of them, or 0 behind the last. */
u64 hvk_fwreg_id(unsigned int n);

/* --- corereg.c ------------------------------------------------------------------- */
#define HVK_CORE_WORDS	(sizeof(struct kvm_regs) / sizeof(u32))
/* KVM_REG_ARM_CORE registers. 0, -ENOENT, -EINVAL, -EFAULT. */
int hvk_core_reg_get(struct hvk_vcpu *vcpu, u64 id, void __user *addr);
int hvk_core_reg_set(struct hvk_vcpu *vcpu, u64 id, const void __user *addr);
/* The identifier of the register that starts at this word, or 0. */
u64 hvk_core_reg_id(struct hvk_vcpu *vcpu, unsigned int off);

/* --- trng.c ---------------------------------------------------------------------- */
/* Whether fn is one of DEN0098's; if so hvk_trng_call() answers. */
bool hvk_trng_is_call(u32 fn);
int hvk_trng_call(struct hvk_vcpu *vcpu, u32 fn);

/* --- abort.c ------------------------------------------------------------------- */
/*
 * Handles a stage-2 abort of the guest (data or instruction; ESR, FAR and
 * HPFAR in ctx->exit). Exit contract. -EFAULT: memory that the VMM gave is not
 * there, or is not memory. May sleep; slots_srcu not held.
 */
int hvk_s2_abort(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_H */
