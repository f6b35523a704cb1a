// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a virtual interrupt: from its input onto a vCPU's ap_list, into
 * a list register, out of it again (EL1). Knows nothing of registers; those
 * of the guest are in vgic_mmio.c, those of the hardware in vgic_v2.c.
 *
 * Where IHI 0048 leaves a choice, the choice is that of Linux's own KVM. A
 * list register never holds a level-sensitive interrupt or an SGI as active
 * and pending: the first because its line is only looked at again at the EOI,
 * the second because a list register has room for one source.
 *
 * More interrupts than list registers: the most urgent are in. The others wait
 * for the maintenance interrupt of list registers running out; an active one
 * that had to give way to a more urgent pending one ("evicted") may also be
 * deactivated while out, which the hardware counts.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#include "hvk_host.h"
#include "vgic_irq.h"

/* GICv3 will choose here. */
static struct hvk_vgic_ops *const ops = &hvk_vgic_v2_ops;

struct hvk_irq *hvk_irq_get(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid)
{
	if (intid < HVK_NR_PRIVATE) {
		if (!vcpu)
			return NULL;
		return &vcpu->vgic.priv[array_index_nospec(intid, HVK_NR_PRIVATE)];
	}
	if (intid < vm->vgic.nr_irqs && vm->vgic.spi) {
		intid = array_index_nospec(intid, vm->vgic.nr_irqs);
		return &vm->vgic.spi[intid - HVK_NR_PRIVATE];
	}
	return NULL;
}

/*
 * On whose list the interrupt belongs now. An active one stays with the vCPU
 * that took it; only that one can deactivate it (IHI 0048 3.2.1).
 */
static struct hvk_vcpu *irq_home(struct hvk_vm *vm, const struct hvk_irq *irq)
{
	lockdep_assert_held(&irq->lock);

	if (irq->active)
		return irq->vcpu ?: irq->target;
	if (irq->enabled && READ_ONCE(vm->vgic.dist_enabled) &&
	    hvk_irq_pending(irq))
		return irq->target;
	return NULL;
}

/*
 * Whether the caller is the vCPU's own thread, within RUN: then the vCPU is
 * not in the guest and will look at its list before it is. Interrupts off.
 */
static bool is_self(const struct hvk_vcpu *vcpu)
{
	return in_task() && READ_ONCE(vcpu->cpu) == raw_smp_processor_id();
}

void hvk_irq_unlock_update(struct hvk_vm *vm, struct hvk_irq *irq,
			   unsigned long flags, bool tell)
	__releases(&irq->lock)
{
	struct hvk_vcpu *owner, *home, *kick;

	for (;;) {
		struct hvk_vcpu *vcpu;

		lockdep_assert_held(&irq->lock);
		owner = irq->vcpu;
		home = irq_home(vm, irq);

		/* In a list register: its vCPU's sync puts it where it belongs. */
		if (irq->in_lr || owner == home)
			break;

		/* ap_list before irq: look again after the change of locks. */
		vcpu = owner ?: home;
		raw_spin_unlock(&irq->lock);
		raw_spin_lock(&vcpu->vgic.lock);
		raw_spin_lock(&irq->lock);
		if (!irq->in_lr && irq->vcpu == owner &&
		    irq_home(vm, irq) == home) {
			if (owner) {
				list_del_init(&irq->ap_list);
				irq->vcpu = NULL;
			} else {
				list_add_tail(&irq->ap_list, &home->vgic.ap_list);
				irq->vcpu = home;
			}
		}
		raw_spin_unlock(&irq->lock);
		raw_spin_unlock(&vcpu->vgic.lock);
		raw_spin_lock(&irq->lock);
	}

	kick = tell && owner && !is_self(owner) ? owner : NULL;
	raw_spin_unlock_irqrestore(&irq->lock, flags);

	if (kick)
		hvk_vcpu_kick(kick);
}

static void update_one(struct hvk_vm *vm, struct hvk_irq *irq)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&irq->lock, flags);
	hvk_irq_unlock_update(vm, irq, flags, true);
}

void hvk_vgic_update_all(struct hvk_vm *vm)
{
	unsigned int nr = hvk_nr_vcpus(vm);
	unsigned int i, intid;

	for (i = 0; i < nr; i++)
		for (intid = 0; intid < HVK_NR_PRIVATE; intid++)
			update_one(vm, &vm->vcpu[i]->vgic.priv[intid]);
	for (intid = HVK_NR_PRIVATE; intid < vm->vgic.nr_irqs; intid++)
		update_one(vm, &vm->vgic.spi[intid - HVK_NR_PRIVATE]);
}

/* Who may be injected, or NULL and why. */
static struct hvk_irq *input(struct hvk_vm *vm, struct hvk_vcpu *vcpu,
			     u32 intid, int *err)
{
	struct hvk_irq *irq;

	*err = -ENODEV;
	/* Pairs with the release in hvk_vgic_init(): spi[] is complete. */
	if (!smp_load_acquire(&vm->vgic.ready))
		return NULL;
	*err = -EINVAL;
	if (intid < HVK_NR_SGI)
		return NULL;
	irq = hvk_irq_get(vm, vcpu, intid);
	if (irq)
		*err = 0;
	return irq;
}

int hvk_vgic_inject(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid,
		    bool level)
{
	struct hvk_irq *irq;
	unsigned long flags;
	bool tell = level;
	int err;

	irq = input(vm, vcpu, intid, &err);
	if (!irq)
		return err;

	raw_spin_lock_irqsave(&irq->lock, flags);
	if (irq->edge ? !level : irq->level == level) {
		raw_spin_unlock_irqrestore(&irq->lock, flags);
		return 0;
	}
	if (irq->edge) {
		irq->latch = true;
	} else {
		irq->level = level;
		/*
		 * Raised while in a list register: the exit at its EOI will
		 * see it. Lowered: not worth an exit; the guest will find its
		 * device quiet.
		 */
		if (irq->eoi_exit)
			tell = false;
	}
	hvk_irq_unlock_update(vm, irq, flags, tell);
	return 0;
}

int hvk_vgic_pulse(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid)
{
	struct hvk_irq *irq;
	unsigned long flags;
	int err;

	irq = input(vm, vcpu, intid, &err);
	if (!irq)
		return err;
	raw_spin_lock_irqsave(&irq->lock, flags);
	irq->latch = true;
	hvk_irq_unlock_update(vm, irq, flags, true);
	return 0;
}

int hvk_vgic_map_phys(struct hvk_vcpu *vcpu, u32 intid, u32 pintid,
		      bool (*level)(struct hvk_vcpu *vcpu, u32 intid))
{
	struct hvk_irq *irq;
	unsigned long flags;

	if (intid < HVK_NR_SGI || intid >= HVK_NR_PRIVATE ||
	    pintid >= HVK_MAX_INTID)
		return -EINVAL;

	irq = hvk_irq_get(vcpu->vm, vcpu, intid);
	raw_spin_lock_irqsave(&irq->lock, flags);
	irq->hw = true;
	irq->pintid = pintid;
	irq->read_level = level;
	raw_spin_unlock_irqrestore(&irq->lock, flags);
	return 0;
}

bool hvk_vgic_is_active(struct hvk_vcpu *vcpu, u32 intid)
{
	const struct hvk_irq *irq = hvk_irq_get(vcpu->vm, vcpu, intid);

	/* A PPI's state is its own vCPU's; no lock is needed to read it. */
	return irq && (READ_ONCE(irq->active) || READ_ONCE(irq->latch) ||
		       READ_ONCE(irq->in_lr));
}

void hvk_vgic_vcpu_reset(struct hvk_vcpu *vcpu)
{
	unsigned int intid;

	for (intid = HVK_NR_SGI; intid < HVK_NR_PRIVATE; intid++) {
		struct hvk_irq *irq = &vcpu->vgic.priv[intid];
		unsigned long flags;

		if (!irq->hw)
			continue;
		raw_spin_lock_irqsave(&irq->lock, flags);
		irq->active = false;
		irq->latch = false;
		irq->level = false;
		hvk_irq_unlock_update(vcpu->vm, irq, flags, true);
	}
}

bool hvk_vgic_pending(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	bool pending = false;
	struct hvk_irq *irq;
	unsigned long flags;
	u8 mask;

	if (list_empty_careful(&cpu->ap_list) ||
	    !READ_ONCE(vcpu->vm->vgic.dist_enabled))
		return false;

	mask = ops->priority_mask(cpu);
	raw_spin_lock_irqsave(&cpu->lock, flags);
	list_for_each_entry(irq, &cpu->ap_list, ap_list) {
		raw_spin_lock(&irq->lock);
		pending = irq->enabled && !irq->active &&
			  hvk_irq_pending(irq) && irq->priority < mask &&
			  ops->group_enabled(cpu, irq->group1);
		raw_spin_unlock(&irq->lock);
		if (pending)
			break;
	}
	raw_spin_unlock_irqrestore(&cpu->lock, flags);
	return pending;
}

/* --- list registers ----------------------------------------------------------- */

/* Odd: pending; even: active. Less is more urgent. */
static u16 rank_of(const struct hvk_irq *irq, bool active_first)
{
	if (!irq->active)
		return 2 * irq->priority + 1;
	return active_first ? 0 : 2 * irq->priority;
}

static bool rank_is_active(u16 rank)
{
	return !(rank & 1);
}

/*
 * Picks the most urgent of the ap_list, as many as there are list registers,
 * into cpu->lr[], best first and otherwise in the order of the list. Returns
 * their number; *more tells whether others had to stay out, cpu->evicted
 * whether active ones had to.
 */
static unsigned int choose(struct hvk_vcpu *vcpu, bool active_first, bool *more)
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
		if (irq_home(vcpu->vm, irq) != vcpu) {
			raw_spin_unlock(&irq->lock);
			continue;
		}
		rank = rank_of(irq, active_first);
		raw_spin_unlock(&irq->lock);

		if (n == ops->nr_lr) {
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

/* Moves the interrupt's state into lr. False: there is none any more. */
static bool populate(struct hvk_vcpu *vcpu, struct hvk_irq *irq,
		     struct hvk_lr *lr)
{
	bool allow_pending = true;

	lockdep_assert_held(&irq->lock);
	if (irq_home(vcpu->vm, irq) != vcpu)
		return false;

	lr->state = irq->active ? HVK_LR_ACTIVE : 0;
	lr->cpuid = irq->active ? irq->active_source : 0;
	lr->priority = irq->priority;
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
		 * Its pending state while active is the distributor's
		 * (IHI 0048 5.3.9: HW = 1 has no active and pending state).
		 */
		allow_pending = !irq->active;
	} else if (!irq->edge) {
		lr->eoi = true;
		allow_pending = !irq->active;
	}

	/* GICD_ICENABLER and GICD_CTLR stop pending ones, not active ones. */
	if (allow_pending && irq->enabled &&
	    READ_ONCE(vcpu->vm->vgic.dist_enabled) && hvk_irq_pending(irq)) {
		lr->state |= HVK_LR_PENDING;
		if (hvk_irq_is_sgi(irq)) {
			lr->cpuid = __ffs(irq->source);
			irq->source &= ~BIT(lr->cpuid);
			/* One list register an INTID (IHI 0048 5.3.9). */
			lr->eoi = irq->source;
		} else {
			irq->lr_latch = irq->latch;
			irq->latch = false;
		}
	}

	irq->in_lr = true;
	irq->eoi_exit = lr->eoi;
	irq->drop_pending = false;
	irq->force = HVK_FORCE_NONE;
	return true;
}

void hvk_vgic_flush(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	unsigned int n, i, used = 0;
	unsigned int sgi_priority = U8_MAX;
	bool more;

	/*
	 * No lock: who adds one right now kicks the vCPU afterwards, and that
	 * is seen before the guest is entered.
	 */
	if (list_empty_careful(&cpu->ap_list) && !cpu->hw_valid)
		return;

	raw_spin_lock(&cpu->lock);
	/*
	 * Active ones first, as their EOI does not trap. Not enough room:
	 * by priority alone, so that handlers nest as deep as the guest likes.
	 * That takes EOIs in the reverse order of the acknowledges, which a
	 * guest owes only if they deactivate (IHI 0048 3.2.3, GICC_CTLR.EOImode).
	 */
	n = choose(vcpu, true, &more);
	if (more && !ops->split_eoi())
		n = choose(vcpu, false, &more);

	for (i = 0; i < n; i++) {
		struct hvk_lr *lr = &cpu->lr[used];
		struct hvk_irq *irq = cpu->lr[i].irq;

		raw_spin_lock(&irq->lock);
		/*
		 * Of an SGI from several sources one is in a list register at
		 * a time, with an exit at its EOI. What is less urgent has to
		 * wait for the other sources too.
		 */
		if (irq->active || irq->priority <= sgi_priority) {
			lr->irq = irq;
			if (populate(vcpu, irq, lr)) {
				used++;
				if (hvk_irq_is_sgi(irq) && irq->source)
					sgi_priority = irq->priority;
			}
		}
		raw_spin_unlock(&irq->lock);
	}
	raw_spin_unlock(&cpu->lock);

	cpu->used_lr = used;
	/*
	 * With fewer than two the exit would come at once, for nothing: then
	 * an SGI is there whose EOI brings the others in.
	 */
	cpu->underflow = more && used > 1;
	ops->enter(cpu);
}

/* Takes one list register's state back. True: its SPI's irqfds want to know. */
static bool fold(struct hvk_irq *irq, const struct hvk_lr *lr)
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

	return irq->resample && lr->eoi && !lr->state;
}

/*
 * The guest has deactivated an interrupt that is in no list register: the most
 * urgent of those that are active, as it leaves its handlers in that order.
 */
static void deactivate_evicted(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	struct hvk_irq *irq, *best = NULL;
	unsigned long flags;

	raw_spin_lock(&cpu->lock);
	list_for_each_entry(irq, &cpu->ap_list, ap_list)
		if (READ_ONCE(irq->active) && !irq->in_lr &&
		    (!best || irq->priority < best->priority))
			best = irq;
	raw_spin_unlock(&cpu->lock);
	if (!best)
		return;

	raw_spin_lock_irqsave(&best->lock, flags);
	best->active = false;
	hvk_irq_unlock_update(vcpu->vm, best, flags, true);
	if (best->resample)
		hvk_irqfd_ack(vcpu->vm, best->intid);
}

/* Brings cpu->lr[] back into the interrupts, and these onto their lists. */
static void take_back(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	u64 moved = 0, acked = 0;
	unsigned int i, used = cpu->used_lr;

	raw_spin_lock(&cpu->lock);
	for (i = 0; i < used; i++) {
		struct hvk_irq *irq = cpu->lr[i].irq;
		struct hvk_vcpu *home;

		raw_spin_lock(&irq->lock);
		if (fold(irq, &cpu->lr[i]))
			acked |= BIT_ULL(i);
		home = irq_home(vcpu->vm, irq);
		if (home != vcpu) {
			list_del_init(&irq->ap_list);
			irq->vcpu = NULL;
			if (home)
				moved |= BIT_ULL(i);
		}
		raw_spin_unlock(&irq->lock);
	}
	raw_spin_unlock(&cpu->lock);
	cpu->used_lr = 0;

	for (i = 0; moved; i++, moved >>= 1)
		if (moved & 1)
			update_one(vcpu->vm, cpu->lr[i].irq);
	for (i = 0; acked; i++, acked >>= 1)
		if (acked & 1)
			hvk_irqfd_ack(vcpu->vm, cpu->lr[i].irq->intid);
}

void hvk_vgic_sync(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;

	/* Whatever is not in a list register is kept right by its changers. */
	if (!cpu->used_lr)
		return;

	ops->leave(cpu);
	for (; cpu->evicted_eois; cpu->evicted_eois--)
		deactivate_evicted(vcpu);
	take_back(vcpu);
}

void hvk_vgic_cancel(struct hvk_vcpu *vcpu)
{
	ops->cancel(&vcpu->vgic);
	if (vcpu->vgic.used_lr)
		take_back(vcpu);
}

void hvk_vgic_load(struct hvk_vcpu *vcpu)
{
	if (vcpu->vm->vgic.created)
		ops->load(&vcpu->vgic);
}

void hvk_vgic_put(struct hvk_vcpu *vcpu)
{
	if (vcpu->vm->vgic.created)
		ops->put(&vcpu->vgic);
}

void hvk_vgic_cpu_init(void)
{
	ops->cpu_init();
}
