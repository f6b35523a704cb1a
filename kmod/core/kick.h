/* SPDX-License-Identifier: GPL-2.0-only */
/* Kicks and requests: making a vCPU look at what there is for it. */
#ifndef HVK_CORE_KICK_H
#define HVK_CORE_KICK_H

#include <linux/bitops.h>
#include <linux/types.h>

#include "core/vcpu.h"

struct task_struct;

/*
 * Makes the vCPU look at requests, interrupts and timers soon: wakes it if it
 * blocks, ends guest mode if it runs. Any context, interrupts on or off.
 */
void hvk_vcpu_kick(struct hvk_vcpu *vcpu);

static inline void hvk_request(struct hvk_vcpu *vcpu, int req)
{
	set_bit(req, &vcpu->requests);
	hvk_vcpu_kick(vcpu);
}

/*
 * Request all vCPUs but `except` (or NULL) and wait until none of them is in
 * the guest any more with the request unseen. Process context or notifier;
 * never with interrupts off.
 */
void hvk_kick_all_sync(struct hvk_vm *vm, int req, struct hvk_vcpu *except);
/* For a new vCPU, which no thread runs yet. */
void hvk_kick_init(struct hvk_vcpu *vcpu);
/*
 * The thread whose CPU a kick has to interrupt: the one that is in KVM_RUN. A
 * reference is kept until another thread, or NULL, takes its place. Process
 * context, vcpu->mutex held (or nobody else knows the vCPU).
 */
void hvk_kick_set_task(struct hvk_vcpu *vcpu, struct task_struct *task);

static inline bool hvk_has_requests(const struct hvk_vcpu *vcpu)
{
	return READ_ONCE(vcpu->requests) != 0;
}

#endif /* HVK_CORE_KICK_H */
