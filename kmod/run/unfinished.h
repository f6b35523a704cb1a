/* SPDX-License-Identifier: GPL-2.0-only */
/* Long work that an instruction of the guest has begun, done in steps of the RUN loop. */
#ifndef HVK_RUN_UNFINISHED_H
#define HVK_RUN_UNFINISHED_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * Does one step, of some microseconds, of the work in vcpu->unfinished, if the vCPU's
 * window is open. The RUN loop calls it instead of an entry. Exit contract: 1.
 */
int hvk_unfinished_step(struct hvk_vcpu *vcpu);

#endif /* HVK_RUN_UNFINISHED_H */
