/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trapped CP14 and CP15 accesses of a guest whose EL0 is in AArch32; ESR is in
 * ctx->exit.esr. Exit contract: 1. In the vCPU's thread.
 */
#ifndef HVK_TRAP_CP15_H
#define HVK_TRAP_CP15_H

#include <linux/types.h>

struct hvk_vcpu;

/* MCR and MRC of CP15. */
int hvk_cp15_trap(struct hvk_vcpu *vcpu);
/* MCRR and MRRC of CP15. */
int hvk_cp15_64_trap(struct hvk_vcpu *vcpu);
/* MCR and MRC of CP14. */
int hvk_cp14_trap(struct hvk_vcpu *vcpu);
/* All other traps: injects UNDEFINED if the instruction's condition holds, else skips it. */
int hvk_a32_undef(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_CP15_H */
