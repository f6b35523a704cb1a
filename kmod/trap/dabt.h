/* SPDX-License-Identifier: GPL-2.0-only */
/* The exit of a data abort. */
#ifndef HVK_TRAP_DABT_H
#define HVK_TRAP_DABT_H

struct hvk_vcpu;

/*
 * Handles a data abort of the guest (ESR, FAR and HPFAR are in ctx->exit): an access to a
 * device, or by hvk_s2_abort(). Exit contract as there. In the vCPU's thread; may sleep;
 * slots_srcu not held.
 */
int hvk_data_abort(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_DABT_H */
