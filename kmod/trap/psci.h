/* SPDX-License-Identifier: GPL-2.0-only */
/* PSCI (DEN0022), and the power state of vCPUs. */
#ifndef HVK_TRAP_PSCI_H
#define HVK_TRAP_PSCI_H

#include <linux/types.h>

#include <uapi/linux/psci.h>

struct hvk_vcpu;
struct kvm_mp_state;

/* Versions of PSCI, as in KVM_REG_ARM_PSCI_VERSION. */
#define HVK_PSCI_0_1	PSCI_VERSION(0, 1)
#define HVK_PSCI_0_2	PSCI_VERSION(0, 2)
#define HVK_PSCI_1_0	PSCI_VERSION(1, 0)
#define HVK_PSCI_1_1	PSCI_VERSION(1, 1)
/* The version that the vCPU is offered: HVK_PSCI_*. */
u32 hvk_psci_version(const struct hvk_vcpu *vcpu);
/* The functions from `base` to base + 31 that the vCPU is offered, a bit each. */
u32 hvk_psci_features(const struct hvk_vcpu *vcpu, u32 base);
/* Handles function fn of the PSCI range; x0 becomes its result. Exit contract. May sleep. */
int hvk_psci_call(struct hvk_vcpu *vcpu, u32 fn);
/* Powers the vCPU off, as CPU_OFF and KVM_SET_MP_STATE do, and kicks it. Process context. */
void hvk_vcpu_power_off(struct hvk_vcpu *vcpu);
/*
 * Powers the vCPU on, or ends its suspension, without a kick: no thread may be waiting in
 * its KVM_RUN (vcpu->mutex held). Process context.
 */
void hvk_vcpu_power_on(struct hvk_vcpu *vcpu);
/* KVM_GET_MP_STATE, KVM_SET_MP_STATE; vcpu->mutex held. 0, or -EINVAL (an unknown state). */
int hvk_vcpu_mp_state_get(struct hvk_vcpu *vcpu, struct kvm_mp_state *state);
int hvk_vcpu_mp_state_set(struct hvk_vcpu *vcpu,
			  const struct kvm_mp_state *state);

#endif /* HVK_TRAP_PSCI_H */
