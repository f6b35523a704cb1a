/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's registers as the architecture's reset leaves them. */
#ifndef HVK_RUN_RESET_H
#define HVK_RUN_RESET_H

#include <linux/types.h>

struct hvk_vcpu;

/* Registers as the architecture's reset leaves them (features kept). */
void hvk_vcpu_reset(struct hvk_vcpu *vcpu);
/* The reset that PSCI CPU_ON asked for, if any; vcpu->mutex held. */
void hvk_run_apply_reset(struct hvk_vcpu *vcpu);

#endif /* HVK_RUN_RESET_H */
