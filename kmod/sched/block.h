/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU that has nothing to run. */
#ifndef HVK_SCHED_BLOCK_H
#define HVK_SCHED_BLOCK_H

#include <linux/types.h>

struct hvk_vcpu;

/* WFI: blocks until an interrupt is pending, a request or a signal. */
void hvk_vcpu_block(struct hvk_vcpu *vcpu);
/*
 * block.c: powered off, until PSCI CPU_ON or the VMM switches it on. Exit
 * contract; -EINTR.
 */
int hvk_vcpu_wait_for_power(struct hvk_vcpu *vcpu);
/*
 * Suspended by the VMM: as WFI, and an interrupt becomes a system event. Exit
 * contract; -EINTR.
 */
int hvk_vcpu_wait_suspended(struct hvk_vcpu *vcpu);

#endif /* HVK_SCHED_BLOCK_H */
