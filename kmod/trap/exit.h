/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest left for: the table by exception class. */
#ifndef HVK_TRAP_EXIT_H
#define HVK_TRAP_EXIT_H

#include <linux/types.h>

struct hvk_vcpu;

/* ESR is in ctx->exit.esr; interrupts and preemption on; slots_srcu not held. */
int hvk_handle_exit(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_EXIT_H */
