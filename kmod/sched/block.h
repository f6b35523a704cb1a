/* SPDX-License-Identifier: GPL-2.0-only */
/* How a vCPU that has nothing to run waits. All in its thread, process context. */
#ifndef HVK_SCHED_BLOCK_H
#define HVK_SCHED_BLOCK_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * Blocks, as WFI does, until an interrupt or a virtual SError is pending, vcpu->wakes()
 * ends the wait, or there is a request, a signal or immediate_exit.
 */
void hvk_vcpu_block(struct hvk_vcpu *vcpu);
/*
 * Blocks a powered-off vCPU until PSCI CPU_ON powers it on or the VM is dead. Exit
 * contract: 1, or -EINTR for a signal.
 */
int hvk_vcpu_wait_for_power(struct hvk_vcpu *vcpu);
/*
 * Blocks, as WFI does, a vCPU that the VMM has suspended. Exit contract: 0 (an interrupt
 * or SError is pending: a wake-up system event for the VMM), 1, or -EINTR for a signal.
 */
int hvk_vcpu_wait_suspended(struct hvk_vcpu *vcpu);

#endif /* HVK_SCHED_BLOCK_H */
