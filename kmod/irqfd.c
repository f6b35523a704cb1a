// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_IRQFD: an eventfd raises an SPI; a second one hears of its EOI. And
 * KVM_SET_GSI_ROUTING: which SPI an irqfd's GSI is (EL1).
 *
 * An irqfd goes in two steps, because its eventfd may be closed at any time,
 * from within the wake-up of its wait queue: off the VM's list at once, under
 * vm->io_lock; the rest by a work item of our own queue, which deassign and
 * the end of the VM wait for.
 *
 * vm->io_lock comes after the eventfd's wait queue lock. So no eventfd is
 * signalled with io_lock held: hvk_irqfd_ack() goes by vm->slots_srcu.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "hvk_host.h"
#include "vgic_irq.h"

/* KVM's: GSIs that can have a route, and pins of the one irqchip. */
#define NR_PINS		(1020 - 32)
#define NO_PIN		U16_MAX

struct hvk_routing {
	u32 nr;
	u16 pin[];		/* GSI to SPI, counted from INTID 32, or NO_PIN */
};

struct hvk_irqfd {
	struct hvk_vm *vm;
	struct list_head link;		/* vm->irqfds */
	struct eventfd_ctx *ctx;
	struct eventfd_ctx *resample;	/* or NULL */
	u32 gsi;
	bool active;			/* on the list; io_lock */
	wait_queue_entry_t wait;
	poll_table pt;
	struct work_struct shutdown;
};

static struct workqueue_struct *shutdown_wq;

/* --- routing --------------------------------------------------------------------- */

/* The SPI's INTID, or 0. */
static u32 gsi_to_intid(struct hvk_vm *vm, u32 gsi)
{
	const struct hvk_routing *r;
	u32 intid = 0;
	int idx;

	idx = srcu_read_lock(&vm->slots_srcu);
	r = srcu_dereference(vm->vgic.routing, &vm->slots_srcu);
	if (r && gsi < r->nr && r->pin[gsi] != NO_PIN)
		intid = HVK_NR_PRIVATE + r->pin[gsi];
	srcu_read_unlock(&vm->slots_srcu, idx);
	return intid;
}

static struct hvk_routing *routing_new(u32 nr)
{
	struct hvk_routing *r;
	u32 i;

	r = kvzalloc(struct_size(r, pin, nr), GFP_KERNEL_ACCOUNT);
	if (!r)
		return NULL;
	r->nr = nr;
	for (i = 0; i < nr; i++)
		r->pin[i] = NO_PIN;
	return r;
}

/* Irqfds that wait for EOIs may be elsewhere now: mark their SPIs. */
static void mark_resampled(struct hvk_vm *vm)
{
	struct hvk_irqfd *irqfd;
	struct hvk_irq *irq;
	unsigned long flags;
	u32 intid;

	lockdep_assert_held(&vm->io_lock);
	list_for_each_entry(irqfd, &vm->irqfds, link) {
		intid = gsi_to_intid(vm, irqfd->gsi);
		irq = intid ? hvk_irq_get(vm, NULL, intid) : NULL;
		if (!irq || !irqfd->resample)
			continue;
		raw_spin_lock_irqsave(&irq->lock, flags);
		irq->resample = true;
		raw_spin_unlock_irqrestore(&irq->lock, flags);
	}
}

static void routing_set(struct hvk_vm *vm, struct hvk_routing *new)
{
	struct hvk_routing *old;

	lockdep_assert_held(&vm->lock);
	old = rcu_replace_pointer(vm->vgic.routing, new,
				  lockdep_is_held(&vm->lock));
	spin_lock_irq(&vm->io_lock);
	mark_resampled(vm);
	spin_unlock_irq(&vm->io_lock);
	if (old) {
		synchronize_srcu_expedited(&vm->slots_srcu);
		kvfree(old);
	}
}

int hvk_routing_default(struct hvk_vm *vm)
{
	u32 i, nr = vm->vgic.nr_irqs - HVK_NR_PRIVATE;
	struct hvk_routing *r = routing_new(nr);

	if (!r)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		r->pin[i] = i;
	routing_set(vm, r);
	return 0;
}

void hvk_routing_free(struct hvk_vm *vm)
{
	kvfree(rcu_access_pointer(vm->vgic.routing));
	RCU_INIT_POINTER(vm->vgic.routing, NULL);
}

/* One route into the table. MSIs have no ITS to go to; they stay silent. */
static int add_route(struct hvk_routing *r,
		     const struct kvm_irq_routing_entry *e)
{
	u32 gsi = array_index_nospec(e->gsi, HVK_MAX_ROUTES);

	switch (e->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		if (e->flags || e->u.irqchip.irqchip ||
		    e->u.irqchip.pin >= NR_PINS || r->pin[gsi] != NO_PIN)
			return -EINVAL;
		r->pin[gsi] = e->u.irqchip.pin;
		return 0;
	case KVM_IRQ_ROUTING_MSI:
		if (e->flags & ~KVM_MSI_VALID_DEVID || r->pin[gsi] != NO_PIN)
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
	if (!vm->vgic.created || args.nr > HVK_MAX_ROUTES || args.flags)
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

	mutex_lock(&vm->lock);
	routing_set(vm, r);
	mutex_unlock(&vm->lock);
	ret = 0;
out:
	kvfree(entries);
	return ret;
}

/* --- irqfds ------------------------------------------------------------------------ */

/* In any context. A GSI without an SPI behind it: nothing happens. */
static void gsi_inject(struct hvk_vm *vm, u32 gsi, bool level)
{
	u32 intid = gsi_to_intid(vm, gsi);

	if (intid)
		hvk_vgic_inject(vm, NULL, intid, level);
}

void hvk_irqfd_ack(struct hvk_vm *vm, u32 intid)
{
	const struct hvk_irqfd *irqfd;
	bool lowered = false;
	int idx;

	idx = srcu_read_lock(&vm->slots_srcu);
	list_for_each_entry_srcu(irqfd, &vm->irqfds, link,
				 srcu_read_lock_held(&vm->slots_srcu)) {
		if (!irqfd->resample || gsi_to_intid(vm, irqfd->gsi) != intid)
			continue;
		/* Once, before the first is told: they may raise it again. */
		if (!lowered)
			hvk_vgic_inject(vm, NULL, intid, false);
		lowered = true;
		hvk_eventfd_signal(irqfd->resample);
	}
	srcu_read_unlock(&vm->slots_srcu, idx);
}

static bool gsi_is_resampled(struct hvk_vm *vm, u32 gsi)
{
	const struct hvk_irqfd *irqfd;
	bool found = false;

	spin_lock_irq(&vm->io_lock);
	list_for_each_entry(irqfd, &vm->irqfds, link)
		if (irqfd->resample && irqfd->gsi == gsi)
			found = true;
	spin_unlock_irq(&vm->io_lock);
	return found;
}

static void irqfd_shutdown(struct work_struct *work)
{
	struct hvk_irqfd *irqfd = container_of(work, struct hvk_irqfd,
					       shutdown);
	struct hvk_vm *vm = irqfd->vm;
	u64 count;

	/* The wait queue's lock: no wake-up of ours runs after this. */
	eventfd_ctx_remove_wait_queue(irqfd->ctx, &irqfd->wait, &count);
	/* hvk_irqfd_ack() on another CPU */
	synchronize_srcu_expedited(&vm->slots_srcu);
	if (irqfd->resample) {
		/* If nobody is left to lower what the irqfd raised. */
		if (!gsi_is_resampled(vm, irqfd->gsi))
			gsi_inject(vm, irqfd->gsi, false);
		eventfd_ctx_put(irqfd->resample);
	}
	eventfd_ctx_put(irqfd->ctx);
	kfree(irqfd);
}

static void irqfd_deactivate(struct hvk_irqfd *irqfd)
{
	lockdep_assert_held(&irqfd->vm->io_lock);

	if (!irqfd->active)
		return;
	irqfd->active = false;
	list_del_rcu(&irqfd->link);
	queue_work(shutdown_wq, &irqfd->shutdown);
}

/* The eventfd's wait queue lock is held, interrupts are off. */
static int irqfd_wakeup(wait_queue_entry_t *wait, unsigned int mode, int sync,
			void *key)
{
	struct hvk_irqfd *irqfd = container_of(wait, struct hvk_irqfd, wait);
	__poll_t events = key_to_poll(key);
	unsigned long flags;
	u64 count;
	int ret = 0;

	if (events & EPOLLIN) {
		eventfd_ctx_do_read(irqfd->ctx, &count);
		gsi_inject(irqfd->vm, irqfd->gsi, true);
		ret = 1;
	}
	if (events & EPOLLHUP) {
		spin_lock_irqsave(&irqfd->vm->io_lock, flags);
		irqfd_deactivate(irqfd);
		spin_unlock_irqrestore(&irqfd->vm->io_lock, flags);
	}
	return ret;
}

static void irqfd_queue_proc(struct file *file, wait_queue_head_t *wqh,
			     poll_table *pt)
{
	struct hvk_irqfd *irqfd = container_of(pt, struct hvk_irqfd, pt);

	add_wait_queue_priority(wqh, &irqfd->wait);
}

/* Onto the VM's list; one eventfd serves one irqfd. */
static int irqfd_add(struct hvk_vm *vm, struct hvk_irqfd *irqfd)
{
	struct hvk_irqfd *other;
	int ret = 0;

	spin_lock_irq(&vm->io_lock);
	list_for_each_entry(other, &vm->irqfds, link)
		if (other->ctx == irqfd->ctx) {
			ret = -EBUSY;
			break;
		}
	if (!ret) {
		irqfd->active = true;
		list_add_tail_rcu(&irqfd->link, &vm->irqfds);
		mark_resampled(vm);
	}
	spin_unlock_irq(&vm->io_lock);
	return ret;
}

static int assign(struct hvk_vm *vm, const struct kvm_irqfd *args)
{
	struct hvk_irqfd *irqfd;
	struct file *file;
	int ret;

	/* Pairs with the release in hvk_vgic_init(). */
	if (!smp_load_acquire(&vm->vgic.ready))
		return -EAGAIN;

	irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT);
	if (!irqfd)
		return -ENOMEM;
	irqfd->vm = vm;
	irqfd->gsi = args->gsi;
	INIT_WORK(&irqfd->shutdown, irqfd_shutdown);
	init_waitqueue_func_entry(&irqfd->wait, irqfd_wakeup);
	init_poll_funcptr(&irqfd->pt, irqfd_queue_proc);

	file = eventfd_fget(args->fd);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto free_irqfd;
	}
	irqfd->ctx = eventfd_ctx_fileget(file);
	if (IS_ERR(irqfd->ctx)) {
		ret = PTR_ERR(irqfd->ctx);
		goto put_file;
	}
	if (args->flags & KVM_IRQFD_FLAG_RESAMPLE) {
		irqfd->resample = eventfd_ctx_fdget(args->resamplefd);
		if (IS_ERR(irqfd->resample)) {
			ret = PTR_ERR(irqfd->resample);
			goto put_ctx;
		}
	}

	ret = irqfd_add(vm, irqfd);
	if (ret)
		goto put_resample;

	/*
	 * From here on it may be deactivated, but our reference to the file
	 * keeps POLLHUP away, and deassign waits for vm->lock, which our
	 * caller holds. An event from before counts.
	 */
	if (vfs_poll(file, &irqfd->pt) & EPOLLIN)
		gsi_inject(vm, args->gsi, true);
	fput(file);
	return 0;

put_resample:
	if (irqfd->resample)
		eventfd_ctx_put(irqfd->resample);
put_ctx:
	eventfd_ctx_put(irqfd->ctx);
put_file:
	fput(file);
free_irqfd:
	kfree(irqfd);
	return ret;
}

static int deassign(struct hvk_vm *vm, const struct kvm_irqfd *args)
{
	struct hvk_irqfd *irqfd, *tmp;
	struct eventfd_ctx *ctx;

	ctx = eventfd_ctx_fdget(args->fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	spin_lock_irq(&vm->io_lock);
	list_for_each_entry_safe(irqfd, tmp, &vm->irqfds, link)
		if (irqfd->ctx == ctx && irqfd->gsi == args->gsi)
			irqfd_deactivate(irqfd);
	spin_unlock_irq(&vm->io_lock);
	eventfd_ctx_put(ctx);

	/* No interrupt comes from it after our return. */
	flush_workqueue(shutdown_wq);
	return 0;
}

int hvk_irqfd(struct hvk_vm *vm, const struct kvm_irqfd *args)
{
	int ret;

	if (args->flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
		return -EINVAL;

	mutex_lock(&vm->lock);
	if (args->flags & KVM_IRQFD_FLAG_DEASSIGN)
		ret = deassign(vm, args);
	else
		ret = assign(vm, args);
	mutex_unlock(&vm->lock);
	return ret;
}

void hvk_irqfd_release(struct hvk_vm *vm)
{
	struct hvk_irqfd *irqfd, *tmp;

	spin_lock_irq(&vm->io_lock);
	list_for_each_entry_safe(irqfd, tmp, &vm->irqfds, link)
		irqfd_deactivate(irqfd);
	spin_unlock_irq(&vm->io_lock);

	/* Also those whose eventfd was closed just before. */
	flush_workqueue(shutdown_wq);
}

int hvk_eventfd_init(void)
{
	shutdown_wq = alloc_workqueue("hvk-irqfd", WQ_UNBOUND, 0);
	return shutdown_wq ? 0 : -ENOMEM;
}

void hvk_eventfd_exit(void)
{
	destroy_workqueue(shutdown_wq);
}
