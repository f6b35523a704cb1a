// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmid_guard.h. KVM_RUN has preempt notifiers of the vCPU (sched/stay.c). When it returns to
 * the VMM while the TLB has entries of the guest, a notifier of the CPU takes over, until
 * the thread comes back with KVM_RUN or is scheduled out: whichever is first. It is on the list
 * of the thread that is running on that CPU, so that one for each CPU is enough, and none is
 * left when all CPUs have been stopped after the last VM (el2/own.c).
 */
#include <linux/list.h>
#include <linux/preempt.h>

#include <asm/sysreg.h>

#include "memory/vmid_guard.h"

DEFINE_PER_CPU(u64, hvk_vmid_here);
/* VTCR_EL2 that belongs to it. */
static DEFINE_PER_CPU(u64, vtcr_here);

struct watch {
	struct preempt_notifier pn;
	bool on;
};

static DEFINE_PER_CPU(struct watch, watch);

/* On -ENXIO, where this CPU is not set up, all entries went as that ended. */
static void drop(void)
{
	u64 vttbr = this_cpu_read(hvk_vmid_here);

	if (!vttbr)
		return;
	hvk_el2_tlbi_local(vttbr, this_cpu_read(vtcr_here));
	this_cpu_write(hvk_vmid_here, 0);
}

void hvk_vmid_claim_slow(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;

	drop();
	/* If this PE is not set up, the entry fails as well, and the next one comes here again. */
	if (hvk_el2_tlbi_local(ctx->cfg.vttbr, ctx->cfg.vtcr))
		return;
	vcpu->flush_local = false;
	this_cpu_write(vtcr_here, ctx->cfg.vtcr);
	this_cpu_write(hvk_vmid_here, ctx->cfg.vttbr);
}

void hvk_vmid_sched_out(void)
{
	if (hvk_el2_shared_with_kvm())
		drop();
}

static void watch_sched_in(struct preempt_notifier *pn, int cpu)
{
	/* Never on the list of a thread that was scheduled out. */
}

static void watch_sched_out(struct preempt_notifier *pn, struct task_struct *next)
{
	struct watch *w = container_of(pn, struct watch, pn);

	drop();
	/* The list is being walked: hlist_del() would poison the link to the next one. */
	__hlist_del(&pn->link);
	w->on = false;
}

static struct preempt_ops watch_ops = {
	.sched_in = watch_sched_in,
	.sched_out = watch_sched_out,
};

bool hvk_vmid_run_begins(void)
{
	struct watch *w = this_cpu_ptr(&watch);

	if (!hvk_el2_shared_with_kvm() || !w->on)
		return false;
	preempt_notifier_unregister(&w->pn);
	w->on = false;
	/* It is 0 after each exit of ours: this thread has run a guest of KVM's meanwhile. */
	if (read_sysreg(vttbr_el2)) {
		drop();
		return false;
	}
	return true;
}

void hvk_vmid_run_ends(void)
{
	struct watch *w = this_cpu_ptr(&watch);

	if (!hvk_el2_shared_with_kvm() || !this_cpu_read(hvk_vmid_here))
		return;
	preempt_notifier_init(&w->pn, &watch_ops);
	preempt_notifier_register(&w->pn);
	w->on = true;
}

void hvk_vmid_guard_init(void)
{
	/* Notifiers are called while anybody wants them: while one of ours may be on a list. */
	if (hvk_el2_shared_with_kvm())
		preempt_notifier_inc();
}

void hvk_vmid_guard_exit(void)
{
	if (hvk_el2_shared_with_kvm())
		preempt_notifier_dec();
}
