// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds that are signalled at the EOI of an SPI (EL1): an irqfd may have one beside
 * its own (KVM_IRQFD_FLAG_RESAMPLE). They are in a list for each GSI.
 *
 * The lists are changed under vm->io_lock, in process context, and read under
 * vm->io_srcu. An SPI whose GSI has such a list is marked (hvk_irq.resample), so that
 * only EOIs that somebody waits for are noted (note_ack() in lr.c).
 */
#include <linux/eventfd.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "base/compat.h"
#include "core/vcpu.h"
#include "irq/irq.h"
#include "irq/resample.h"
#include "irq/routing.h"

/* The list of one GSI, in vm->resamplers. */
struct hvk_resampler {
	struct list_head list;	/* io_lock, readers io_srcu */
};

/* --- marks -------------------------------------------------------------------------- */

static void mark(struct hvk_vm *vm, u32 intid)
{
	struct hvk_irq *irq = hvk_irq_get(vm, NULL, intid);
	unsigned long flags;
	bool resample;
	u32 gsi;

	if (!irq)
		return;
	resample = hvk_intid_to_gsi(vm, intid, &gsi) &&
		   xa_load(&vm->resamplers, gsi);
	raw_spin_lock_irqsave(&irq->lock, flags);
	irq->resample = resample;
	raw_spin_unlock_irqrestore(&irq->lock, flags);
}

static void mark_gsi(struct hvk_vm *vm, u32 gsi)
{
	u32 intid = hvk_gsi_to_intid(vm, gsi);

	if (intid)
		mark(vm, intid);
}

void hvk_resample_rerouted(struct hvk_vm *vm)
{
	u32 intid;

	lockdep_assert_held(&vm->io_lock);
	/* Before the vGIC is ready there is no irqfd, and not all SPIs exist. */
	if (!smp_load_acquire(&vm->vgic.ready))
		return;
	for (intid = HVK_NR_PRIVATE; intid < vm->vgic.nr_irqs; intid++)
		mark(vm, intid);
}

/* --- the lists ---------------------------------------------------------------------- */

int hvk_resample_join(struct hvk_vm *vm, u32 gsi, struct hvk_resample *resample)
{
	struct hvk_resampler *r = xa_load(&vm->resamplers, gsi);
	bool first = !r;

	lockdep_assert_held(&vm->io_lock);
	if (first) {
		r = kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
		if (!r)
			return -ENOMEM;
		INIT_LIST_HEAD(&r->list);
		if (xa_is_err(xa_store(&vm->resamplers, gsi, r,
				       GFP_KERNEL_ACCOUNT))) {
			kfree(r);
			return -ENOMEM;
		}
	}
	resample->gsi = gsi;
	resample->resampler = r;
	list_add_tail_rcu(&resample->link, &r->list);
	if (first)
		mark_gsi(vm, gsi);
	return 0;
}

bool hvk_resample_leave(struct hvk_vm *vm, struct hvk_resample *resample)
{
	lockdep_assert_held(&vm->io_lock);
	list_del_rcu(&resample->link);
	if (!list_empty(&resample->resampler->list)) {
		resample->resampler = NULL;
		return false;
	}
	xa_erase(&vm->resamplers, resample->gsi);
	mark_gsi(vm, resample->gsi);
	return true;
}

void hvk_resample_free(struct hvk_resample *resample)
{
	kfree(resample->resampler);
	resample->resampler = NULL;
}

/* --- EOIs --------------------------------------------------------------------------- */

static void tell(struct hvk_vm *vm, u32 intid)
{
	const struct hvk_resample *resample;
	struct hvk_resampler *r;
	u32 gsi;

	/* The route may have changed since the EOI, or the last irqfd may have gone. */
	if (!hvk_intid_to_gsi(vm, intid, &gsi))
		return;
	r = xa_load(&vm->resamplers, gsi);
	if (!r)
		return;
	list_for_each_entry_srcu(resample, &r->list, link,
				 srcu_read_lock_held(&vm->io_srcu)) {
		hvk_eventfd_signal(resample->eventfd);
		cond_resched();
	}
}

void hvk_resample_ack(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	struct hvk_vm *vm = vcpu->vm;
	unsigned int i;
	int idx;

	might_sleep();
	cpu->has_acked = false;
	idx = srcu_read_lock(&vm->io_srcu);
	for_each_set_bit(i, cpu->acked, HVK_NR_SPI) {
		__clear_bit(i, cpu->acked);
		tell(vm, HVK_NR_PRIVATE + i);
	}
	srcu_read_unlock(&vm->io_srcu, idx);
}
