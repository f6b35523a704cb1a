// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts that EL2 delivers to a guest by itself (EL1).
 *
 * Before an entry this file names list registers that EL2 may fill: one for the virtual
 * timer, should it fire, and one for each SGI that the vCPU may send itself. If such an
 * interrupt is in a list register already, it is that one, else an empty one behind those
 * that are used. EL2 fills a list register only if it is empty by then. What it has filled
 * is read back after the exit, as if it had been there at the entry.
 *
 * Only private interrupts are delivered so. Nobody but the vCPU's own thread moves them into
 * and out of list registers.
 *
 * An SGI from one vCPU to another is noted by EL2 in the other's context (shared.sgi), and
 * becomes pending when that vCPU's thread takes the notes. The sender notes the SGI, full
 * barrier, reads the other's shared.state. The other writes its state, full barrier, takes
 * the notes, and only then enters the guest or sleeps. So either it takes this note, or the
 * sender sees that it is in the guest, and interrupts its PE, or that it sleeps, and leaves
 * to EL1, which wakes it. HVK_VCPU_AWAY needs neither: the vCPU will come by the first two
 * steps. tests/unit/el2_sgi_test.cc goes through every order of these steps.
 *
 * The distributor's registers, of which EL2 reads all and writes some, are irq/image.h's.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>

#include "base/host.h"
#include "base/mitig.h"
#include "core/kick.h"
#include "el2/call.h"
#include "el2/map.h"
#include "irq/direct.h"
#include "irq/image.h"
#include "irq/irq.h"
#include "memory/slot.h"

/* sgi_index has four bits for each SGI. */
#define MAX_DIRECT_LR	16
#define ALL_NIBBLES	0x1111111111111111ULL

/* --- the distributor -------------------------------------------------------- */

void hvk_direct_touch_all(struct hvk_vm *vm)
{
	unsigned int i, nr = vm->fast_on ? hvk_nr_vcpus(vm) : 0;

	for (i = 0; i < nr; i++) {
		/*
		 * Release: who sees it sees GICD_CTLR as it is now. Pairs with
		 * hvk_vtimer_flush_line().
		 */
		smp_store_release(&vm->vcpu[i]->vgic.touched, true);
		hvk_request(vm->vcpu[i], HVK_REQ_SYNC);
	}
}

/*
 * A memory region that covers the guest's distributor comes before it, as for EL1. With
 * erratum 834220 the IPA of an abort may be wrong; EL1 finds the right one.
 */
void hvk_direct_update(struct hvk_vm *vm)
{
	u64 dist = vm->vgic.dist_base;
	unsigned int i;
	int idx;

	lockdep_assert_held(&vm->lock);
	/* No vCPU is added once the vGIC is ready. */
	for (i = 0; vm->vgic.ready && i < vm->nr_vcpus; i++)
		vm->fast->vcpu[i] = vm->vcpu[i]->ctx_el2;
	WRITE_ONCE(vm->fast->nr_vcpus, i);
	WRITE_ONCE(vm->fast->nr_intids, i ? vm->vgic.nr_irqs : 0);
	if (!vm->vgic.ready || dist == HVK_VGIC_UNDEF ||
	    hvk_host_errata() & HVK_EL2_F_834220) {
		WRITE_ONCE(vm->fast->dist, HVK_FAST_NO_DIST);
		return;
	}
	idx = srcu_read_lock(&vm->slots_srcu);
	WRITE_ONCE(vm->fast->dist, hvk_slot_find(vm, dist) ? HVK_FAST_NO_DIST : dist);
	srcu_read_unlock(&vm->slots_srcu, idx);
}

int hvk_direct_init(void)
{
	int err = hvk_el2_map_device(hvk_host.gich_pa, PAGE_SIZE);

	return err ?: hvk_el2_map_device(hvk_host.gicd_pa, PAGE_SIZE);
}

int hvk_direct_vm_init(struct hvk_vm *vm)
{
	struct hvk_el2_vm *page = vm->fast;
	int err;

	vm->vgic.image = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!vm->vgic.image)
		return -ENOMEM;
	err = hvk_el2_map(virt_to_phys(vm->vgic.image), PAGE_SIZE, GFP_KERNEL_ACCOUNT);
	if (err) {
		free_page((unsigned long)vm->vgic.image);
		return err;
	}
	BUILD_BUG_ON(HVK_FAST_VCPUS != HVK_GICV2_MAX_VCPUS);
	page->dist = HVK_FAST_NO_DIST;
	page->dist_image = hvk_el2_address(vm->vgic.image);
	page->gich = hvk_el2_is_vhe() ? (__force u64)hvk_host.gich : hvk_host.gich_pa;
	page->gicd = hvk_el2_is_vhe() ? (__force u64)hvk_host.gicd : hvk_host.gicd_pa;
	page->timer_ppi = BIT(hvk_host.vtimer_intid);
	return 0;
}

void hvk_direct_vm_destroy(struct hvk_vm *vm)
{
	hvk_el2_unmap(virt_to_phys(vm->vgic.image), PAGE_SIZE);
	free_page((unsigned long)vm->vgic.image);
}

/* --- SGIs between vCPUs --------------------------------------------------------- */

void hvk_direct_take_noted(struct hvk_vcpu *vcpu)
{
	unsigned int intid;

	for (intid = 0; intid < HVK_NR_SGI; intid++) {
		struct hvk_irq *irq = &vcpu->vgic.priv[intid];
		unsigned long flags;
		u8 sources;

		if (!READ_ONCE(vcpu->ctx->shared.sgi[intid]))
			continue;
		/* A full barrier: what the sender wrote before is visible from here on. */
		sources = xchg(&vcpu->ctx->shared.sgi[intid], 0);
		raw_spin_lock_irqsave(&irq->lock, flags);
		irq->source |= sources;
		hvk_irq_unlock_update(vcpu->vm, irq, flags, false);
	}
}

void hvk_direct_finish(struct hvk_vcpu *vcpu)
{
	u32 wake = vcpu->ctx->fast.wake, recheck = vcpu->ctx->fast.recheck;
	unsigned int i, nr = hvk_nr_vcpus(vcpu->vm);

	vcpu->ctx->fast.wake = 0;
	vcpu->ctx->fast.recheck = 0;
	for (i = 0; i < nr; i++)
		if (wake >> i & 1)
			hvk_vcpu_kick(vcpu->vm->vcpu[i]);
	for (; recheck; recheck &= recheck - 1) {
		u32 intid = vcpu->ctx->fast.recheck_from + __ffs(recheck);
		struct hvk_irq *irq = hvk_irq_get(vcpu->vm, vcpu, intid);

		if (irq)
			hvk_irq_update(vcpu->vm, irq);
	}
}

/* --- list registers for EL2 --------------------------------------------------- */

/* What the timer's list register has to be when it fires. */
static u32 timer_lr(const struct hvk_irq *irq)
{
	const struct hvk_lr lr = {
		.irq = (struct hvk_irq *)irq,
		.state = HVK_LR_PENDING,
		.priority = hvk_irq_priority(irq),
		.hw = true,
		.group1 = irq->group1,
	};

	return hvk_vgic_ops->encode(&lr);
}

void hvk_direct_arm(struct hvk_vcpu *vcpu, unsigned int used, bool room)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	unsigned int nr = min_t(unsigned int, hvk_vgic_ops->nr_lr, MAX_DIRECT_LR);
	/* Behind the timer's: both may be filled in one stay in the guest. */
	unsigned int i, timer = used, sgi = used + 1;
	u64 index = sgi * ALL_NIBBLES;
	u32 enabled;

	if (!vcpu->vm->fast_on || !vcpu->vm->vgic.mapped)
		return;
	enabled = room && READ_ONCE(vcpu->vm->vgic.dist_enabled) ?
		  READ_ONCE(ctx->fast.gicd[HVK_GICD_ENABLE]) : 0;
	/* None behind the used ones. Those that are in a list register need none. */
	if (sgi >= nr)
		enabled &= ~GENMASK(HVK_NR_SGI - 1, 0);
	for (i = 0; i < used; i++) {
		const struct hvk_irq *irq = cpu->lr[i].irq;

		if (irq == cpu->timer) {
			timer = i;
		} else if (hvk_irq_is_sgi(irq) && READ_ONCE(irq->source)) {
			/* More sources: they come one after the other. */
			enabled &= ~BIT(irq->intid);
		} else if (hvk_irq_is_sgi(irq)) {
			index &= ~(0xfULL << 4 * irq->intid);
			index |= (u64)i << 4 * irq->intid;
		}
	}
	ctx->fast.self = vcpu->idx;
	ctx->fast.sgi_index = index;
	ctx->fast.sgi_free = enabled & GENMASK(HVK_NR_SGI - 1, 0);
	ctx->fast.nr_lr = min(sgi + 1, nr);
	ctx->fast.timer_index = timer;
	ctx->fast.timer_lr = cpu->timer && timer < nr && enabled & BIT(cpu->timer->intid) ?
			     timer_lr(cpu->timer) : 0;
}

/* EL2 has filled list register i; cpu->lock held. */
static void adopt(struct hvk_vcpu *vcpu, unsigned int i)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	bool timer = i == vcpu->ctx->fast.timer_index && vcpu->ctx->fast.timer_lr;
	struct hvk_lr *lr = &cpu->lr[i];
	struct hvk_irq *irq;

	cpu->timer_fired |= timer;
	for (; cpu->used_lr <= i; cpu->used_lr++)
		cpu->lr[cpu->used_lr].irq = NULL;
	irq = &cpu->priv[hvk_vgic_ops->adopt(cpu, i) % HVK_NR_PRIVATE];
	if (lr->irq) {
		/*
		 * It was there at the entry, and is taken back as ever; but a latch that
		 * went in with it was consumed before EL2 filled the list register again.
		 */
		raw_spin_lock(&irq->lock);
		irq->lr_latch = false;
		raw_spin_unlock(&irq->lock);
		return;
	}
	/* It is over, and nothing at EL1 has to know of it. */
	if (!lr->state)
		return;
	lr->irq = irq;
	lr->eoi = false;
	raw_spin_lock(&irq->lock);
	lr->hw = irq->hw;
	lr->priority = hvk_irq_priority(irq);
	lr->group1 = irq->group1;
	irq->in_lr = true;
	irq->eoi_exit = false;
	irq->lr_latch = false;
	irq->drop_pending = false;
	irq->force = HVK_FORCE_NONE;
	if (timer)
		irq->level = true;
	cpu->timer_raised |= timer;
	if (!irq->vcpu) {
		list_add_tail(&irq->ap_list, &cpu->ap_list);
		irq->vcpu = vcpu;
	}
	raw_spin_unlock(&irq->lock);
}

void hvk_direct_adopt(struct hvk_vcpu *vcpu)
{
	u32 lrs = vcpu->ctx->fast.lrs & GENMASK(MAX_DIRECT_LR - 1, 0);
	unsigned int i;

	vcpu->ctx->fast.lrs = 0;
	raw_spin_lock(&vcpu->vgic.lock);
	for (i = 0; lrs; i++, lrs >>= 1)
		if (lrs & 1)
			adopt(vcpu, i);
	raw_spin_unlock(&vcpu->vgic.lock);
}
