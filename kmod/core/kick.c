// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kicks (EL1, any context): making a vCPU look for new requests, interrupts and timers.
 *
 * How an entry and a kick meet: the vCPU's thread sets the mode to HVK_IN_GUEST, full
 * barrier, clears the kick word, full barrier, then reads requests and pending interrupts
 * (enter() in run.c). The kicker makes its news visible, sets the kick word, full
 * barrier, reads the mode, and interrupts the CPU if the mode is HVK_IN_GUEST. So either
 * the thread sees the news before it enters, or the interrupt makes it leave the guest.
 */
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "core/kick.h"

void hvk_vcpu_kick(struct hvk_vcpu *vcpu)
{
	unsigned long flags;

	WRITE_ONCE(vcpu->ctx->shared.kick, 1);
	/* Orders the news and the kick word before the read of the mode; pairs with enter(). */
	smp_mb();
	rcuwait_wake_up(&vcpu->wait);
	if (READ_ONCE(vcpu->mode) != HVK_IN_GUEST)
		return;
	raw_spin_lock_irqsave(&vcpu->kick_lock, flags);
	if (vcpu->task)
		kick_process(vcpu->task);
	raw_spin_unlock_irqrestore(&vcpu->kick_lock, flags);
}

static bool still_inside(struct hvk_vcpu *vcpu, int req)
{
	/*
	 * Acquire: if the vCPU is outside, what it did in the guest is visible here. Pairs
	 * with the release in enter().
	 */
	return smp_load_acquire(&vcpu->mode) == HVK_IN_GUEST &&
	       test_bit(req, &vcpu->requests);
}

void hvk_kick_all_sync(struct hvk_vm *vm, int req, struct hvk_vcpu *except)
{
	unsigned int i, nr = hvk_nr_vcpus(vm);

	for (i = 0; i < nr; i++)
		if (vm->vcpu[i] != except)
			hvk_request(vm->vcpu[i], req);
	for (i = 0; i < nr; i++)
		if (vm->vcpu[i] != except)
			while (still_inside(vm->vcpu[i], req))
				cpu_relax();
}

void hvk_kick_set_task(struct hvk_vcpu *vcpu, struct task_struct *task)
{
	struct task_struct *old;

	if (vcpu->task == task)
		return;
	if (task)
		get_task_struct(task);
	raw_spin_lock_irq(&vcpu->kick_lock);
	old = vcpu->task;
	vcpu->task = task;
	raw_spin_unlock_irq(&vcpu->kick_lock);
	if (old)
		put_task_struct(old);
}

void hvk_kick_init(struct hvk_vcpu *vcpu)
{
	raw_spin_lock_init(&vcpu->kick_lock);
	rcuwait_init(&vcpu->wait);
}
