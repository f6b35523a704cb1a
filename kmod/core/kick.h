/* SPDX-License-Identifier: GPL-2.0-only */
/* Kicks and requests: making a vCPU look for new requests, interrupts and timers. */
#ifndef HVK_CORE_KICK_H
#define HVK_CORE_KICK_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/types.h>

#include "core/vcpu.h"

struct task_struct;

/*
 * Makes the vCPU look at requests, interrupts and timers soon: wakes its thread if that
 * blocks, ends guest mode if the guest runs. Any context, interrupts on or off. The caller
 * has made the news visible before (kick.c).
 */
void hvk_vcpu_kick(struct hvk_vcpu *vcpu);

/* Sets a request (HVK_REQ_*) and kicks the vCPU. Any context. */
static inline void hvk_request(struct hvk_vcpu *vcpu, int req)
{
	/* The news is visible before the request: a vCPU that clears the bit sees the news. */
	smp_mb__before_atomic();
	set_bit(req, &vcpu->requests);
	hvk_vcpu_kick(vcpu);
}

/*
 * Sends `req` to all vCPUs but `except` (or NULL), and spins until none of them is still
 * in the guest with the request unseen. Process context or MMU notifier; never with
 * interrupts off.
 */
void hvk_kick_all_sync(struct hvk_vm *vm, int req, struct hvk_vcpu *except);
/* Initialises a new vCPU, which no thread runs yet. */
void hvk_kick_init(struct hvk_vcpu *vcpu);
/*
 * Sets the thread whose CPU a kick has to interrupt, which is the one in KVM_RUN. Keeps a
 * reference to it until another thread, or NULL, takes its place. Process context; either
 * vcpu->mutex is held or nobody else knows the vCPU.
 */
void hvk_kick_set_task(struct hvk_vcpu *vcpu, struct task_struct *task);

static inline bool hvk_has_requests(const struct hvk_vcpu *vcpu)
{
	return READ_ONCE(vcpu->requests) != 0;
}

#endif /* HVK_CORE_KICK_H */
