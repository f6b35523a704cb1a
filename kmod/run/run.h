/* SPDX-License-Identifier: GPL-2.0-only */
/* The RUN loop, as vcpu.c needs it. */
#ifndef HVK_RUN_H
#define HVK_RUN_H

#include "core/hvk_host.h"

/*
 * KVM_RUN; vcpu->mutex held. 0, -EINTR, -ENOEXEC (not initialised), -EIO,
 * -EBUSY (KVM has EL2), -EINVAL (registers that no guest may have).
 */
int hvk_vcpu_run(struct hvk_vcpu *vcpu);
/* The reset that PSCI CPU_ON asked for, if any; vcpu->mutex held. */
void hvk_run_apply_reset(struct hvk_vcpu *vcpu);
void hvk_run_init(struct hvk_vcpu *vcpu);
void hvk_run_exit(struct hvk_vcpu *vcpu);

static inline bool hvk_has_requests(const struct hvk_vcpu *vcpu)
{
	return READ_ONCE(vcpu->requests) != 0;
}

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

#endif /* HVK_RUN_H */
