/* SPDX-License-Identifier: GPL-2.0-only */
/* Synchronous exits of the guest, handled by exception class (ESR_EL2.EC). */
#ifndef HVK_TRAP_EXIT_H
#define HVK_TRAP_EXIT_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * Handles a synchronous exit whose ESR is in ctx->exit.esr. Exit contract. In the vCPU's
 * thread, interrupts and preemption on, slots_srcu not held; may sleep.
 */
int hvk_handle_exit(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_EXIT_H */
