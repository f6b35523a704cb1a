// SPDX-License-Identifier: GPL-2.0-only
/* A vCPU's stay on a PE: stay.h. In the vCPU's thread, or the scheduler on its behalf; EL1. */
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#include "core/regs.h"
#include "irq/lr.h"
#include "memory/vmid_guard.h"
#include "sched/stay.h"
#include "time/vtimer.h"

/*
 * vm->last_ran on a CPU: no vCPU of the VM has run there yet, a flush is due there whichever
 * vCPU comes next, or else idx + 1 of the vCPU that ran there last.
 */
#define LAST_RAN_NOBODY	0
#define LAST_RAN_OTHER	-1

/* Loads the vCPU's state onto this CPU, to which it comes, or where it stays. Preemption off. */
static void load(struct hvk_vcpu *vcpu, bool comes)
{
	int cpu = smp_processor_id();
	int *last = this_cpu_ptr(vcpu->vm->last_ran);

	WRITE_ONCE(vcpu->cpu, cpu);
	/*
	 * Another vCPU of this VM ran here under the same VMID: the TLB may hold entries of
	 * its stage 1 with an ASID that this vCPU uses for another address space.
	 */
	if (*last != (int)vcpu->idx + 1) {
		vcpu->flush_local = *last != LAST_RAN_NOBODY;
		*last = vcpu->idx + 1;
	}
	hvk_vgic_load(vcpu);
	hvk_vtimer_load(vcpu, comes);
}

/* Takes the vCPU's state off this CPU. Preemption off. */
static void put(struct hvk_vcpu *vcpu)
{
	/* The flush was not done, and the vCPU may go elsewhere: the next load here asks for it. */
	if (vcpu->flush_local) {
		*this_cpu_ptr(vcpu->vm->last_ran) = LAST_RAN_OTHER;
		vcpu->flush_local = false;
	}
	hvk_regs_sync(vcpu);
	hvk_vtimer_put(vcpu);
	hvk_vgic_put(vcpu);
	WRITE_ONCE(vcpu->cpu, -1);
}

#ifdef CONFIG_PREEMPT_NOTIFIERS

static struct hvk_vcpu *vcpu_of(struct preempt_notifier *pn)
{
	return container_of(pn, struct hvk_vcpu, stay.pn);
}

static void sched_in(struct preempt_notifier *pn, int cpu)
{
	load(vcpu_of(pn), true);
}

static void sched_out(struct preempt_notifier *pn, struct task_struct *next)
{
	put(vcpu_of(pn));
	hvk_vmid_sched_out();
}

static struct preempt_ops preempt_ops = {
	.sched_in = sched_in,
	.sched_out = sched_out,
};

void hvk_vcpu_load(struct hvk_vcpu *vcpu)
{
	bool stays;

	preempt_disable();
	stays = hvk_vmid_run_begins();
	preempt_notifier_register(&vcpu->stay.pn);
	load(vcpu, !stays);
	preempt_enable();
}

void hvk_vcpu_put(struct hvk_vcpu *vcpu)
{
	preempt_disable();
	put(vcpu);
	preempt_notifier_unregister(&vcpu->stay.pn);
	hvk_vmid_run_ends();
	preempt_enable();
}

void hvk_stay_init(struct hvk_vcpu *vcpu)
{
	vcpu->cpu = -1;
	preempt_notifier_inc();
	preempt_notifier_init(&vcpu->stay.pn, &preempt_ops);
}

void hvk_stay_exit(struct hvk_vcpu *vcpu)
{
	preempt_notifier_dec();
}

#else /* CONFIG_PREEMPT_NOTIFIERS */

void hvk_stay_begin(struct hvk_vcpu *vcpu)
{
	lockdep_assert_preemption_disabled();
	load(vcpu, true);
}

void hvk_stay_end(struct hvk_vcpu *vcpu)
{
	lockdep_assert_preemption_disabled();
	put(vcpu);
}

void hvk_stay_init(struct hvk_vcpu *vcpu)
{
	vcpu->cpu = -1;
}

void hvk_stay_exit(struct hvk_vcpu *vcpu)
{
}

#endif /* CONFIG_PREEMPT_NOTIFIERS */
