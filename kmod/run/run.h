/* SPDX-License-Identifier: GPL-2.0-only */
/* The RUN loop, as vcpu.c needs it. */
#ifndef HVK_RUN_RUN_H
#define HVK_RUN_RUN_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * KVM_RUN; vcpu->mutex held. 0, -EINTR, -ENOEXEC (not initialised), -EIO,
 * -EBUSY (KVM has EL2), -EINVAL (registers that no guest may have).
 */
int hvk_vcpu_run(struct hvk_vcpu *vcpu);
void hvk_run_init(struct hvk_vcpu *vcpu);
void hvk_run_exit(struct hvk_vcpu *vcpu);

#endif /* HVK_RUN_RUN_H */
