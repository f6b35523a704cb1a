/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage-2 aborts. */
#ifndef HVK_TRAP_ABORT_H
#define HVK_TRAP_ABORT_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * Handles a stage-2 abort of the guest (data or instruction; ESR, FAR and HPFAR are in
 * ctx->exit). Exit contract: -EFAULT if nothing is mapped where a memory region points, or
 * nothing that can be guest memory. In the vCPU's thread; may sleep; slots_srcu not held.
 */
int hvk_s2_abort(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_ABORT_H */
