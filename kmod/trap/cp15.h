/* SPDX-License-Identifier: GPL-2.0-only */
/* EL0 in AArch32: CP14 and CP15; exit contract. */
#ifndef HVK_TRAP_CP15_H
#define HVK_TRAP_CP15_H

#include <linux/types.h>

struct hvk_vcpu;

int hvk_cp15_trap(struct hvk_vcpu *vcpu);
int hvk_cp15_64_trap(struct hvk_vcpu *vcpu);
int hvk_cp14_trap(struct hvk_vcpu *vcpu);
/* Everything else: UNDEFINED, if the condition holds. */
int hvk_a32_undef(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_CP15_H */
