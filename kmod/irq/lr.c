// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual interrupts in list registers: which ones go in and in what state, and what
 * comes back (EL1). The hardware is driven by irq/v2.c.
 *
 * A list register never holds a level-sensitive interrupt or an SGI as active and
 * pending: the former because its line is only looked at again at the EOI, the latter
 * because a list register has room for one source.
 *
 * If there are more interrupts than list registers, the most urgent ones are in. The
 * others wait for the maintenance interrupt that says that list registers run out. An
 * active one that had to give way to a more urgent pending one ("evicted") may be
 * deactivated while it is out; the hardware counts that. It does not for a guest that
 * deactivates separately from the priority drop (GICC_CTLR.EOImode): see irq/dir.c.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/preempt.h>

#include "core/kick.h"
#include "irq/direct.h"
#include "irq/image.h"
#include "irq/irq.h"
#include "irq/lr.h"

/* Where active interrupts rank among the pending ones. */
enum order { ACTIVE_FIRST, BY_PRIORITY, ACTIVE_LAST };

#define RANK_LAST	(2 * (U8_MAX + 1))

/*
 * The rank of an interrupt: a lower one is more urgent; odd ranks are pending, even
 * ones active.
 */
static u16 rank_of(const struct hvk_irq *irq, enum order order)
{
	if (!irq->active)
		return 2 * hvk_irq_priority(irq) + 1;
	switch (order) {
	case ACTIVE_FIRST:
		return 0;
	case ACTIVE_LAST:
		return RANK_LAST;
	default:
		return 2 * hvk_irq_priority(irq);
	}
}

static bool rank_is_active(u16 rank)
{
	return !(rank & 1);
}

/*
 * Picks the most urgent interrupts of the ap_list, as many as there are list registers,
 * into cpu->lr[], most urgent first and else in the order of the list. Returns their
 * number. Sets *more if others had to stay out, and cpu->evicted if active ones had to.
 */
static unsigned int choose(struct hvk_vcpu *vcpu, enum order order, bool *more)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	unsigned int n = 0, i;
	struct hvk_irq *irq;
	u16 rank, worst;

	lockdep_assert_held(&cpu->lock);
	*more = false;
	cpu->evicted = false;

	list_for_each_entry(irq, &cpu->ap_list, ap_list) {
		raw_spin_lock(&irq->lock);
		if (hvk_irq_home(vcpu->vm, irq) != vcpu) {
			raw_spin_unlock(&irq->lock);
			continue;
		}
		rank = rank_of(irq, order);
		raw_spin_unlock(&irq->lock);

		if (n == hvk_vgic_ops->nr_lr) {
			*more = true;
			worst = max(rank, cpu->lr[n - 1].rank);
			cpu->evicted |= rank_is_active(worst);
			if (rank == worst)
				continue;
			n--;
		}
		for (i = n; i > 0 && cpu->lr[i - 1].rank > rank; i--)
			cpu->lr[i] = cpu->lr[i - 1];
		cpu->lr[i].irq = irq;
		cpu->lr[i].rank = rank;
		n++;
	}
	return n;
}

/* Moves the interrupt's state into lr. false: there is nothing to move any more. */
static bool populate(struct hvk_vcpu *vcpu, struct hvk_irq *irq,
		     struct hvk_lr *lr)
{
	bool allow_pending = true;

	lockdep_assert_held(&irq->lock);
	if (hvk_irq_home(vcpu->vm, irq) != vcpu)
		return false;

	lr->state = irq->active ? HVK_LR_ACTIVE : 0;
	lr->cpuid = irq->active ? irq->active_source : 0;
	lr->priority = hvk_irq_priority(irq);
	lr->group1 = irq->group1;
	lr->hw = irq->hw;
	lr->eoi = false;
	irq->lr_latch = false;

	if (hvk_irq_is_sgi(irq)) {
		if (irq->active && irq->source) {
			allow_pending = false;
			lr->eoi = true;
		}
	} else if (irq->hw) {
		/*
		 * While it is active its pending state stays in the physical
		 * distributor (IHI 0048 5.3.9: HW = 1 has no active and pending state).
		 */
		allow_pending = !irq->active;
	} else if (!irq->edge) {
		lr->eoi = true;
		allow_pending = !irq->active;
	}

	/* GICD_ICENABLER and GICD_CTLR stop pending interrupts, not active ones. */
	if (allow_pending && hvk_irq_enabled(irq) &&
	    READ_ONCE(vcpu->vm->vgic.dist_enabled) && hvk_irq_pending(irq)) {
		lr->state |= HVK_LR_PENDING;
		if (hvk_irq_is_sgi(irq)) {
			lr->cpuid = __ffs(irq->source);
			irq->source &= ~BIT(lr->cpuid);
			/*
			 * An INTID may be in one list register only (IHI 0048 5.3.9):
			 * the other sources wait for its EOI.
			 */
			lr->eoi = irq->source;
		} else {
			irq->lr_latch = irq->latch;
			irq->latch = false;
		}
	}
	/*
	 * GICD_CTLR was cleared since hvk_irq_home() above, or EL2 has disabled the
	 * interrupt: whoever did so takes it off the list. In a list register it would
	 * come back as deactivated, and its irqfds would be told of an EOI that never was.
	 */
	if (!lr->state)
		return false;

	irq->in_lr = true;
	irq->eoi_exit = lr->eoi;
	irq->drop_pending = false;
	irq->force = HVK_FORCE_NONE;
	return true;
}

/*
 * For a vCPU that deactivates separately from the priority drop and has more interrupts
 * than there are list registers: counts it as crowded. Returns whether its writes to
 * GICC_DIR trap already; if not, the caller requests that (HVK_REQ_TRAP_DIR).
 */
static bool dir_crowded(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic *vgic = &vcpu->vm->vgic;

	if (!vcpu->vgic.dir_crowded) {
		vcpu->vgic.dir_crowded = true;
		atomic_inc(&vgic->nr_dir_crowded);
		/*
		 * Orders the count before the read of dir_trapped; pairs with smp_mb()
		 * in untrap() of irq/dir.c.
		 */
		smp_mb__after_atomic();
	}
	return READ_ONCE(vgic->dir_trapped);
}

/* The vCPU was crowded and no longer is. */
static void dir_uncrowded(struct hvk_vcpu *vcpu)
{
	vcpu->vgic.dir_crowded = false;
	atomic_dec(&vcpu->vm->vgic.nr_dir_crowded);
}

/*
 * choose() when there are not enough list registers.
 *
 * A guest whose EOIs deactivate writes them in the reverse order of its acknowledges
 * (IHI 0048 3.2.3), so priority alone decides: handlers may nest as deep as it likes. A
 * guest that deactivates separately may have dropped the priority of any active
 * interrupt, and no pending one may wait for those: active ones come last, provided
 * that its writes to GICC_DIR trap. If they do not yet, *ask is set: the guest is not
 * entered before they do. *waiting: all that were picked are pending, and others may
 * be, too.
 */
static unsigned int choose_crowded(struct hvk_vcpu *vcpu, bool *more,
				   bool *waiting, bool *ask)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	unsigned int n;

	if (!hvk_vgic_ops->split_eoi(cpu, true))
		return choose(vcpu, BY_PRIORITY, more);
	*ask = !dir_crowded(vcpu);
	n = choose(vcpu, ACTIVE_LAST, more);
	/* None: others have taken all of them away meanwhile (GICD_CTLR, irq/image.h). */
	*waiting = n && !rank_is_active(cpu->lr[n - 1].rank);
	/* The hardware does not count deactivations by GICC_DIR. */
	cpu->evicted = false;
	return n;
}

void hvk_vgic_write_lrs(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	unsigned int n, i, used = 0;
	unsigned int sgi_priority = U8_MAX;
	bool more, waiting = false, ask = false, pending = false;

	raw_spin_lock(&cpu->lock);
	/*
	 * Active ones first: the EOI of an interrupt that is in no list register does
	 * not trap.
	 */
	n = choose(vcpu, ACTIVE_FIRST, &more);
	if (unlikely(more))
		n = choose_crowded(vcpu, &more, &waiting, &ask);
	else if (unlikely(cpu->dir_crowded))
		dir_uncrowded(vcpu);

	for (i = 0; i < n; i++) {
		struct hvk_lr *lr = &cpu->lr[used];
		struct hvk_irq *irq = cpu->lr[i].irq;

		raw_spin_lock(&irq->lock);
		/*
		 * Of an SGI from several sources one is in a list register at a time,
		 * with an exit at its EOI. Less urgent interrupts have to wait for its
		 * other sources, too.
		 */
		if (irq->active || hvk_irq_priority(irq) <= sgi_priority) {
			lr->irq = irq;
			if (populate(vcpu, irq, lr)) {
				used++;
				pending |= lr->state == HVK_LR_PENDING;
				if (hvk_irq_is_sgi(irq) && irq->source)
					sgi_priority = hvk_irq_priority(irq);
			}
		}
		raw_spin_unlock(&irq->lock);
	}
	raw_spin_unlock(&cpu->lock);
	if (unlikely(ask))
		hvk_request(vcpu, HVK_REQ_TRAP_DIR);

	cpu->used_lr = used;
	/*
	 * With fewer than two in use UIE would end guest mode at once, for nothing.
	 * That few are in only beside an SGI with more sources, whose EOI ends guest
	 * mode and brings the others in.
	 */
	cpu->underflow = more && used > 1;
	/*
	 * Interrupts that become active keep their list registers, so these may never
	 * run out: exit when none is pending any more.
	 */
	cpu->no_pending = waiting && pending;
	/* An SGI with more sources keeps less urgent interrupts out, EL2's as well. */
	hvk_direct_arm(vcpu, used, !more && !waiting && !ask && sgi_priority == U8_MAX);
	hvk_vgic_ops->enter(cpu);
}

/*
 * The guest has deactivated an SPI that irqfds drive. Its line is lowered at once,
 * before anybody can see it pending again; the irqfds are told when interrupts are on,
 * and raise it again if they still have a reason.
 */
static void note_ack(struct hvk_vcpu *vcpu, struct hvk_irq *irq)
{
	lockdep_assert_held(&irq->lock);
	irq->level = false;
	__set_bit(irq->intid - HVK_NR_PRIVATE, vcpu->vgic.acked);
	vcpu->vgic.has_acked = true;
}

/* Takes one list register's state back into its interrupt. */
static void fold(struct hvk_vcpu *vcpu, struct hvk_irq *irq,
		 const struct hvk_lr *lr)
{
	bool active = lr->state & HVK_LR_ACTIVE;
	bool pending = lr->state & HVK_LR_PENDING;

	lockdep_assert_held(&irq->lock);

	if (irq->force != HVK_FORCE_NONE)
		active = irq->force == HVK_FORCE_ACTIVE;
	irq->active = active;
	if (hvk_irq_is_sgi(irq) && active)
		irq->active_source = lr->cpuid;

	if (pending && !irq->drop_pending) {
		if (hvk_irq_is_sgi(irq))
			irq->source |= BIT(lr->cpuid);
		else if (irq->lr_latch)
			irq->latch = true;
	}
	irq->in_lr = false;
	irq->eoi_exit = false;
	irq->lr_latch = false;

	/* `resample` and an exit at the EOI: only level-sensitive SPIs have both. */
	if (irq->resample && lr->eoi && !lr->state)
		note_ack(vcpu, irq);
}

void hvk_irq_deactivate(struct hvk_vcpu *vcpu, struct hvk_irq *irq)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&irq->lock, flags);
	/*
	 * The interrupt may be another vCPU's, from the start or by now: a third one
	 * may have deactivated it meanwhile (GICD_ICACTIVER).
	 */
	if (irq->vcpu != vcpu || !irq->active || irq->in_lr) {
		raw_spin_unlock_irqrestore(&irq->lock, flags);
		return;
	}
	irq->active = false;
	if (irq->resample && !irq->edge)
		note_ack(vcpu, irq);
	hvk_irq_unlock_update(vcpu->vm, irq, flags, true);
}

/*
 * The guest has deactivated an interrupt that is in no list register. It was the most
 * urgent of those that are active, as the guest leaves its handlers in that order.
 */
static void deactivate_evicted(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	struct hvk_irq *irq, *best = NULL;

	raw_spin_lock(&cpu->lock);
	list_for_each_entry(irq, &cpu->ap_list, ap_list)
		if (READ_ONCE(irq->active) && !irq->in_lr &&
		    (!best || hvk_irq_priority(irq) < hvk_irq_priority(best)))
			best = irq;
	raw_spin_unlock(&cpu->lock);
	if (best)
		hvk_irq_deactivate(vcpu, best);
}

/* Takes cpu->lr[] back into the interrupts, and moves these to the lists where they belong. */
static void take_back(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	u64 moved = 0;
	unsigned int i, used = cpu->used_lr;

	raw_spin_lock(&cpu->lock);
	for (i = 0; i < used; i++) {
		struct hvk_irq *irq = cpu->lr[i].irq;
		struct hvk_vcpu *home;

		if (!irq)	/* EL2 used it, or one behind it, and has no interrupt there */
			continue;
		raw_spin_lock(&irq->lock);
		fold(vcpu, irq, &cpu->lr[i]);
		home = hvk_irq_home(vcpu->vm, irq);
		if (home != vcpu) {
			list_del_init(&irq->ap_list);
			irq->vcpu = NULL;
			if (home)
				moved |= BIT_ULL(i);
			else
				hvk_irq_drop_busy(irq);
		}
		raw_spin_unlock(&irq->lock);
	}
	raw_spin_unlock(&cpu->lock);
	cpu->used_lr = 0;

	for (i = 0; moved; i++, moved >>= 1)
		if (moved & 1)
			hvk_irq_update(vcpu->vm, cpu->lr[i].irq);
}

void hvk_vgic_read_lrs(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;

	if (vcpu->ctx->fast.lrs)
		hvk_direct_adopt(vcpu);
	hvk_vgic_ops->leave(cpu);
	for (; cpu->evicted_eois; cpu->evicted_eois--)
		deactivate_evicted(vcpu);
	take_back(vcpu);
}

void hvk_vgic_cancel(struct hvk_vcpu *vcpu)
{
	hvk_vgic_ops->cancel(&vcpu->vgic);
	if (vcpu->vgic.used_lr)
		take_back(vcpu);
}

void hvk_vgic_load(struct hvk_vcpu *vcpu)
{
	if (vcpu->vm->vgic.created)
		hvk_vgic_ops->load(&vcpu->vgic);
}

void hvk_vgic_put(struct hvk_vcpu *vcpu)
{
	if (vcpu->vm->vgic.created)
		hvk_vgic_ops->put(&vcpu->vgic);
}

void hvk_vgic_note_mask(struct hvk_vcpu *vcpu)
{
	preempt_disable();
	/* -1: it is in memory, since the thread was scheduled out or on a kernel without KVM. */
	if (vcpu->vm->vgic.created && vcpu->cpu >= 0)
		hvk_vgic_ops->note_mask(&vcpu->vgic);
	preempt_enable();
}

void hvk_vgic_ppi_active(u32 pintid, bool active)
{
	hvk_vgic_ops->ppi_active(pintid, active);
}

void hvk_vgic_cpu_init(void)
{
	hvk_vgic_ops->cpu_init();
}
