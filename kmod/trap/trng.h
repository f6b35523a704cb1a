/* SPDX-License-Identifier: GPL-2.0-only */
/* Random numbers for guests (DEN0098). */
#ifndef HVK_TRAP_TRNG_H
#define HVK_TRAP_TRNG_H

#include <linux/types.h>

struct hvk_vcpu;

/* Whether fn is a function of DEN0098, which hvk_trng_call() handles. */
bool hvk_trng_is_call(u32 fn);
/* Handles function fn, for which hvk_trng_is_call(). Exit contract: 1. The vCPU's thread. */
int hvk_trng_call(struct hvk_vcpu *vcpu, u32 fn);

#endif /* HVK_TRAP_TRNG_H */
