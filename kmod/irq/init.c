// SPDX-License-Identifier: GPL-2.0-only
/*
 * Setup and teardown of a VM's vGIC (EL1, process context). It goes through these
 * states:
 *
 *   created	the VM shall have a vGIC; its layout may be set
 *   ready	the layout is fixed, interrupts can be injected at any time
 *   mapped	the guest can reach GICV
 *
 * The VMM asks for the first; the other two follow when the first vCPU runs, at the
 * latest. All under vm->lock.
 */
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/slab.h>

#include "core/vcpu.h"
#include "irq/gicd.h"
#include "irq/image.h"
#include "irq/init.h"
#include "irq/irq.h"

/* If the VMM does not choose a number: KVM's default for a GICv2. */
#define DEFAULT_NR_IRQS	256

#define REVISION_LATEST	3

int hvk_vgic_probe(void)
{
	return hvk_vgic_v2_probe();
}

unsigned int hvk_vgic_nr_lr(void)
{
	return hvk_vgic_ops->nr_lr;
}

void hvk_irq_setup(struct hvk_irq *irq, u32 intid, struct hvk_vcpu *vcpu, u32 *image)
{
	raw_spin_lock_init(&irq->lock);
	INIT_LIST_HEAD(&irq->ap_list);
	irq->intid = intid;
	irq->banked = vcpu;
	irq->image = image;
	hvk_image_place(irq);
	if (intid >= HVK_NR_PRIVATE)
		return;
	if (hvk_irq_is_sgi(irq)) {
		irq->edge = true;
		hvk_irq_set_enabled(irq, true);
		hvk_irq_set_busy(irq);
	}
	/*
	 * GICD_ITARGETSR of a private interrupt reads as its own vCPU's bit (IHI 0048
	 * 4.3.12).
	 */
	if (vcpu->idx < HVK_GICV2_MAX_VCPUS)
		hvk_irq_set_targets(irq, BIT(vcpu->idx));
	hvk_image_copy(irq);
}

void hvk_vgic_vm_init(struct hvk_vm *vm)
{
	struct hvk_vgic *vgic = &vm->vgic;

	vgic->nr_irqs = HVK_NR_PRIVATE;
	vgic->dist_base = HVK_VGIC_UNDEF;
	vgic->cpu_base = HVK_VGIC_UNDEF;
	vgic->revision = REVISION_LATEST;
	mutex_init(&vgic->dir_lock);
}

int hvk_vgic_vcpu_init(struct hvk_vcpu *vcpu)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	unsigned int i;

	lockdep_assert_held(&vcpu->vm->lock);

	raw_spin_lock_init(&cpu->lock);
	INIT_LIST_HEAD(&cpu->ap_list);

	if (vcpu->vm->vgic.ready)
		return -EBUSY;
	if (vcpu->vm->vgic.created && vcpu->idx >= hvk_vgic_ops->max_vcpus)
		return -EINVAL;

	cpu->priv = kcalloc(HVK_NR_PRIVATE, sizeof(*cpu->priv),
			    GFP_KERNEL_ACCOUNT);
	if (!cpu->priv)
		return -ENOMEM;
	for (i = 0; i < HVK_NR_PRIVATE; i++)
		hvk_irq_setup(&cpu->priv[i], i, vcpu, vcpu->ctx->fast.gicd);
	cpu->touched = true;
	return 0;
}

void hvk_vgic_vcpu_destroy(struct hvk_vcpu *vcpu)
{
	kfree(vcpu->vgic.priv);
	vcpu->vgic.priv = NULL;
}

void hvk_vgic_vm_destroy(struct hvk_vm *vm)
{
	hvk_routing_free(vm);
	kvfree(vm->vgic.spi);
	vm->vgic.spi = NULL;
	vm->vgic.ready = false;
}

int hvk_vgic_create(struct hvk_vm *vm, u32 device)
{
	unsigned int i;
	int ret;

	if (device != hvk_vgic_ops->device)
		return -ENODEV;

	mutex_lock(&vm->lock);
	ret = hvk_vcpus_trylock(vm);
	if (ret)
		goto busy;

	if (vm->vgic.created) {
		ret = -EEXIST;
		goto out;
	}
	for (i = 0; i < vm->nr_vcpus; i++)
		if (vm->vcpu[i]->has_run) {
			ret = -EBUSY;
			goto out;
		}
	if (vm->nr_vcpus > hvk_vgic_ops->max_vcpus) {
		ret = -E2BIG;
		goto out;
	}
	vm->vgic.created = true;
out:
	hvk_vcpus_unlock(vm);
busy:
	mutex_unlock(&vm->lock);
	return ret;
}

int hvk_vgic_init(struct hvk_vm *vm)
{
	struct hvk_vgic *vgic = &vm->vgic;
	u32 chosen = vgic->nr_irqs;
	struct hvk_irq *spi;
	unsigned int i, nr_spi;
	int ret = -ENOMEM;

	lockdep_assert_held(&vm->lock);

	if (!vgic->created)
		return -ENODEV;
	if (vgic->ready)
		return 0;

	if (vgic->nr_irqs == HVK_NR_PRIVATE)
		vgic->nr_irqs = DEFAULT_NR_IRQS;
	nr_spi = vgic->nr_irqs - HVK_NR_PRIVATE;

	spi = kvcalloc(nr_spi, sizeof(*spi), GFP_KERNEL_ACCOUNT);
	if (!spi)
		goto no_spi;
	for (i = 0; i < nr_spi; i++)
		hvk_irq_setup(&spi[i], HVK_NR_PRIVATE + i, NULL, vgic->image);

	ret = hvk_routing_default(vm);
	if (ret)
		goto free_spi;

	vgic->spi = spi;
	/*
	 * Pairs with the acquire loads of ready: who sees it true sees all that is set
	 * above.
	 */
	smp_store_release(&vgic->ready, true);
	hvk_gicd_place(vm);
	return 0;

free_spi:
	kvfree(spi);
no_spi:
	/* The VMM may still choose a number. */
	vgic->nr_irqs = chosen;
	return ret;
}

static int map(struct hvk_vm *vm)
{
	int ret = hvk_vgic_ops->check_layout(vm);

	if (!ret)
		ret = hvk_vgic_init(vm);
	if (!ret)
		ret = hvk_vgic_ops->map(vm);
	return ret;
}

/* As in KVM, a VM whose vGIC cannot be set up can never run again. */
int hvk_vgic_first_run(struct hvk_vcpu *vcpu)
{
	struct hvk_vm *vm = vcpu->vm;
	int ret;

	lockdep_assert_held(&vm->lock);
	if (!vm->vgic.created || vm->vgic.mapped)
		return 0;
	ret = map(vm);
	if (ret)
		WRITE_ONCE(vm->dead, true);
	else
		vm->vgic.mapped = true;
	return ret;
}
