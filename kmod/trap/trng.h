/* SPDX-License-Identifier: GPL-2.0-only */
/* Random numbers for guests (DEN0098). */
#ifndef HVK_TRAP_TRNG_H
#define HVK_TRAP_TRNG_H

#include <linux/types.h>

struct hvk_vcpu;

/* Whether fn is one of DEN0098's; if so hvk_trng_call() answers. */
bool hvk_trng_is_call(u32 fn);
int hvk_trng_call(struct hvk_vcpu *vcpu, u32 fn);

#endif /* HVK_TRAP_TRNG_H */
