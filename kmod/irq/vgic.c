// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual interrupt's way from its input to the ap_list of the vCPU that takes it
 * (EL1). No registers here: the guest's are in irq/gicd.c, list registers in irq/lr.c.
 *
 * Where IHI 0048 leaves a choice, hvk chooses as Linux's KVM does.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#include "core/kick.h"
#include "irq/image.h"
#include "irq/irq.h"
#include "irq/vgic.h"

/* Interrupts that one hvk_vgic_update_step() looks at: some 2,000 instructions. */
#define UPDATE_STEP	32

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

/* The vCPU that takes the interrupt when it is pending, or NULL. */
static struct hvk_vcpu *target_of(struct hvk_vm *vm, const struct hvk_irq *irq)
{
	u8 targets;

	if (irq->banked)
		return irq->banked;
	targets = hvk_irq_targets(irq);
	if (targets)
		return vm->vcpu[__ffs(targets)];
	return irq->untargeted ? NULL : vm->vcpu[0];
}

struct hvk_vcpu *hvk_irq_home(struct hvk_vm *vm, const struct hvk_irq *irq)
{
	lockdep_assert_held(&irq->lock);

	if (irq->active)
		return irq->vcpu ?: target_of(vm, irq);
	if (hvk_irq_pending(irq) && READ_ONCE(vm->vgic.dist_enabled) &&
	    hvk_irq_enabled(irq))
		return target_of(vm, irq);
	return NULL;
}

/*
 * Whether the caller is the vCPU's own thread, within RUN: then the vCPU is not in the
 * guest, and looks at its list before it enters. Interrupts off.
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
		home = hvk_irq_home(vm, irq);

		/* If it is in a list register, its vCPU's sync moves it where it belongs. */
		if (irq->in_lr || owner == home)
			break;

		/*
		 * vgic.lock comes before irq->lock: take both in that order, then look
		 * again.
		 */
		vcpu = owner ?: home;
		raw_spin_unlock(&irq->lock);
		raw_spin_lock(&vcpu->vgic.lock);
		raw_spin_lock(&irq->lock);
		if (!irq->in_lr && irq->vcpu == owner &&
		    hvk_irq_home(vm, irq) == home) {
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

	hvk_irq_drop_busy(irq);
	kick = tell && owner && !is_self(owner) ? owner : NULL;
	raw_spin_unlock_irqrestore(&irq->lock, flags);

	if (kick)
		hvk_vcpu_kick(kick);
}

void hvk_irq_update(struct hvk_vm *vm, struct hvk_irq *irq)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&irq->lock, flags);
	hvk_irq_unlock_update(vm, irq, flags, true);
}

bool hvk_vgic_update_step(struct hvk_vm *vm, u64 *at)
{
	unsigned int nr_private = hvk_nr_vcpus(vm) * HVK_NR_PRIVATE;
	unsigned int nr = nr_private + vm->vgic.nr_irqs - HVK_NR_PRIVATE;
	unsigned int i = *at, end = min(nr, i + UPDATE_STEP);

	for (; i < end; i++) {
		struct hvk_irq *irq;

		if (i < nr_private)
			irq = &vm->vcpu[i / HVK_NR_PRIVATE]->vgic.priv[i % HVK_NR_PRIVATE];
		else
			irq = &vm->vgic.spi[i - nr_private];
		hvk_irq_update(vm, irq);
	}
	*at = i;
	return i >= nr;
}

/* Finds an injectable interrupt (an SPI, or a PPI of the vCPU); on NULL *err says why. */
static struct hvk_irq *input(struct hvk_vm *vm, struct hvk_vcpu *vcpu,
			     u32 intid, int *err)
{
	struct hvk_irq *irq;

	*err = -ENODEV;
	/* Pairs with the release in hvk_vgic_init(): spi[] is complete if ready is seen. */
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
	hvk_irq_set_busy(irq);
	if (irq->edge) {
		irq->latch = true;
	} else {
		irq->level = level;
		/*
		 * If the line rises while the interrupt is in a list register, the exit
		 * at its EOI sees that. If it falls, that is not worth an exit; the
		 * guest will find its device quiet.
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
	hvk_irq_set_busy(irq);
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
	hvk_irq_set_busy(irq);
	vcpu->vgic.timer = irq;
	vcpu->vgic.timer_level = level;
	irq->pintid = pintid;
	raw_spin_unlock_irqrestore(&irq->lock, flags);
	return 0;
}

bool hvk_vgic_timer_active(struct hvk_vcpu *vcpu)
{
	const struct hvk_irq *irq = vcpu->vgic.timer;

	/*
	 * A PPI's state is its own vCPU's, which is this thread's: no lock is needed to
	 * read it.
	 */
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

	mask = hvk_vgic_ops->priority_mask(cpu);
	raw_spin_lock_irqsave(&cpu->lock, flags);
	list_for_each_entry(irq, &cpu->ap_list, ap_list) {
		raw_spin_lock(&irq->lock);
		/* EL2 may just have moved it elsewhere: then nothing here ends a wait. */
		pending = !irq->active && hvk_irq_home(vcpu->vm, irq) == vcpu &&
			  hvk_irq_priority(irq) < mask &&
			  hvk_vgic_ops->group_enabled(cpu, irq->group1);
		raw_spin_unlock(&irq->lock);
		if (pending)
			break;
	}
	raw_spin_unlock_irqrestore(&cpu->lock, flags);
	return pending;
}
