/* SPDX-License-Identifier: GPL-2.0-only */
/* Resetting a vCPU's registers. */
#ifndef HVK_RUN_RESET_H
#define HVK_RUN_RESET_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * Sets registers, timers, hypercalls and private interrupts to their state after the
 * architecture's reset; vcpu->features are kept. Process context, vcpu->mutex held.
 */
void hvk_vcpu_reset(struct hvk_vcpu *vcpu);
/* Does the reset that PSCI CPU_ON has requested, if any. Process context, vcpu->mutex held. */
void hvk_run_apply_reset(struct hvk_vcpu *vcpu);

#endif /* HVK_RUN_RESET_H */
