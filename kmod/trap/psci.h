/* SPDX-License-Identifier: GPL-2.0-only */
/* PSCI (DEN0022), and a vCPU's power. */
#ifndef HVK_TRAP_PSCI_H
#define HVK_TRAP_PSCI_H

#include <linux/types.h>

#include <uapi/linux/psci.h>

struct hvk_vcpu;
struct kvm_mp_state;

/* Versions of PSCI, as KVM_REG_ARM_PSCI_VERSION has them. */
#define HVK_PSCI_0_1	PSCI_VERSION(0, 1)
#define HVK_PSCI_0_2	PSCI_VERSION(0, 2)
#define HVK_PSCI_1_0	PSCI_VERSION(1, 0)
#define HVK_PSCI_1_1	PSCI_VERSION(1, 1)
/* The version that the vCPU is offered, as HVK_PSCI_*. */
u32 hvk_psci_version(const struct hvk_vcpu *vcpu);
/* A function of the PSCI range, x0 = fn. Exit contract; x0 is the answer. */
int hvk_psci_call(struct hvk_vcpu *vcpu, u32 fn);
/* Switches the vCPU off, as CPU_OFF and KVM_SET_MP_STATE do. Any context. */
void hvk_vcpu_power_off(struct hvk_vcpu *vcpu);
/* Switches it on, or ends its suspension. Any context; no kick. */
void hvk_vcpu_power_on(struct hvk_vcpu *vcpu);
/* KVM_GET_MP_STATE, KVM_SET_MP_STATE. 0; -EINVAL: an unknown state. */
int hvk_vcpu_mp_state_get(struct hvk_vcpu *vcpu, struct kvm_mp_state *state);
int hvk_vcpu_mp_state_set(struct hvk_vcpu *vcpu,
			  const struct kvm_mp_state *state);

#endif /* HVK_TRAP_PSCI_H */
