/* SPDX-License-Identifier: GPL-2.0-only */
/* Long work of an instruction, in steps of the RUN loop. */
#ifndef HVK_RUN_UNFINISHED_H
#define HVK_RUN_UNFINISHED_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * One step of what is due, if the vCPU may run now: some microseconds. From the
 * RUN loop, in place of an entry. Exit contract: 1.
 */
int hvk_unfinished_step(struct hvk_vcpu *vcpu);

#endif /* HVK_RUN_UNFINISHED_H */
