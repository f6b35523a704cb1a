/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage-2 aborts. */
#ifndef HVK_TRAP_ABORT_H
#define HVK_TRAP_ABORT_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * Handles a stage-2 abort of the guest (data or instruction; ESR, FAR and
 * HPFAR in ctx->exit). Exit contract. -EFAULT: memory that the VMM gave is not
 * there, or is not memory. May sleep; slots_srcu not held.
 */
int hvk_s2_abort(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_ABORT_H */
