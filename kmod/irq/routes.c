// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making the table that routes GSIs to SPIs (EL1, process context):
 * KVM_SET_GSI_ROUTING, and the routes that hold until then.
 *
 * The table is replaced as a whole, under vm->io_lock; readers hold vm->io_srcu. A VMM
 * may set routes before it has made a vGIC, as VMMs do that begin with an empty table;
 * when the vGIC is initialised its default routes replace them, as in KVM.
 */
#include <linux/err.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "core/vm.h"
#include "irq/irq.h"
#include "irq/resample.h"
#include "irq/routes.h"
#include "irq/routing.h"

static void routing_set(struct hvk_vm *vm, struct hvk_routing *new)
{
	struct hvk_routing *old;

	mutex_lock(&vm->io_lock);
	old = rcu_replace_pointer(vm->vgic.routing, new,
				  lockdep_is_held(&vm->io_lock));
	hvk_resample_rerouted(vm);
	mutex_unlock(&vm->io_lock);
	if (old) {
		synchronize_srcu_expedited(&vm->io_srcu);
		kvfree(old);
	}
}

static struct hvk_routing *routing_new(u32 nr)
{
	struct hvk_routing *r;

	r = kvmalloc(struct_size(r, pin, nr), GFP_KERNEL_ACCOUNT);
	if (!r)
		return NULL;
	r->nr = nr;
	/* HVK_NO_ROUTE everywhere. */
	memset(r->gsi, 0xff, sizeof(r->gsi));
	memset(r->pin, 0xff, array_size(nr, sizeof(*r->pin)));
	return r;
}

static void add_pin(struct hvk_routing *r, u32 gsi, u32 pin)
{
	r->pin[gsi] = pin;
	r->gsi[pin] = gsi;
}

int hvk_routing_default(struct hvk_vm *vm)
{
	u32 i, nr = vm->vgic.nr_irqs - HVK_NR_PRIVATE;
	struct hvk_routing *r = routing_new(nr);

	if (!r)
		return -ENOMEM;
	for (i = 0; i < min_t(u32, nr, HVK_NR_PINS); i++)
		add_pin(r, i, i);
	routing_set(vm, r);
	return 0;
}

void hvk_routing_free(struct hvk_vm *vm)
{
	kvfree(rcu_access_pointer(vm->vgic.routing));
	RCU_INIT_POINTER(vm->vgic.routing, NULL);
}

/* Adds one route to the table. An MSI has no ITS to go to: its GSI raises nothing. */
static int add_route(struct hvk_routing *r,
		     const struct kvm_irq_routing_entry *e)
{
	u32 gsi = array_index_nospec(e->gsi, HVK_MAX_ROUTES);

	switch (e->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		if (e->flags || e->u.irqchip.irqchip ||
		    e->u.irqchip.pin >= HVK_NR_PINS || r->pin[gsi] != HVK_NO_ROUTE)
			return -EINVAL;
		add_pin(r, gsi, array_index_nospec(e->u.irqchip.pin, HVK_NR_PINS));
		return 0;
	case KVM_IRQ_ROUTING_MSI:
		if (e->flags & ~KVM_MSI_VALID_DEVID || r->pin[gsi] != HVK_NO_ROUTE)
			return -EINVAL;
		return 0;
	default:
		return -EINVAL;
	}
}

int hvk_set_gsi_routing(struct hvk_vm *vm, struct kvm_irq_routing __user *uargs)
{
	struct kvm_irq_routing_entry *entries = NULL;
	struct kvm_irq_routing args;
	struct hvk_routing *r;
	u32 i, nr = 0;
	int ret = -EINVAL;

	if (copy_from_user(&args, uargs, sizeof(args)))
		return -EFAULT;
	if (args.nr > HVK_MAX_ROUTES || args.flags)
		return -EINVAL;
	if (args.nr) {
		entries = vmemdup_user(uargs->entries,
				       array_size(args.nr, sizeof(*entries)));
		if (IS_ERR(entries))
			return PTR_ERR(entries);
	}
	for (i = 0; i < args.nr; i++) {
		if (entries[i].gsi >= HVK_MAX_ROUTES)
			goto out;
		nr = max(nr, entries[i].gsi + 1);
	}

	r = routing_new(nr);
	if (!r) {
		ret = -ENOMEM;
		goto out;
	}
	for (i = 0; i < args.nr; i++) {
		ret = add_route(r, &entries[i]);
		if (ret) {
			kvfree(r);
			goto out;
		}
	}
	routing_set(vm, r);
	ret = 0;
out:
	kvfree(entries);
	return ret;
}
