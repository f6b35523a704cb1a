// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_IRQFD: an eventfd raises an SPI, and a second one may be signalled at its EOI
 * (EL1). routing.c maps the GSI to an SPI.
 *
 * A VM's irqfds are changed under vm->io_lock, in process context, and are found in a
 * tree by their eventfd; those with an eventfd for EOIs are also in resample.c's lists.
 * So however many there are, nobody walks over them with interrupts off.
 *
 * An eventfd may be closed at any time. The irqfd learns of that in a wake-up of the
 * eventfd's wait queue, with that queue's lock held, which comes after io_lock: so the
 * wake-up only puts the irqfd on a lock-free list, and the VM's own work item does the
 * rest. Other paths that remove irqfds free them on the spot. They wait for nobody but
 * the readers of io_srcu, who signal eventfds and never sleep on anything that
 * userspace decides.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "core/vm.h"
#include "irq/irqfd.h"
#include "irq/resample.h"
#include "irq/routing.h"
#include "irq/vgic.h"

/* Of one VM; -ENOSPC beyond it. */
#define MAX_IRQFDS	HVK_MAX_ROUTES

struct hvk_irqfds {
	struct hvk_vm *vm;
	struct rb_root by_ctx;		/* all of them; io_lock */
	unsigned int nr;		/* not freed yet; io_lock */
	struct llist_head gone;		/* to be freed: reap() */
	struct work_struct reaper;
};

struct hvk_irqfd {
	struct hvk_irqfds *all;
	struct rb_node node;		/* all->by_ctx */
	struct eventfd_ctx *ctx;
	struct hvk_resample resample;	/* resample.eventfd is NULL: told of no EOI */
	u32 gsi;
	bool closed;			/* its eventfd was closed: it is on all->gone; ctx's lock */
	bool unhooked;			/* it gets no wake-ups any more; io_lock */
	struct llist_node gone;
	wait_queue_entry_t wait;
	poll_table pt;
};

static struct workqueue_struct *reaper_wq;

/* Sets the line of the GSI's SPI, if it has one. Any context. */
static void gsi_inject(struct hvk_vm *vm, u32 gsi, bool level)
{
	u32 intid = hvk_gsi_to_intid(vm, gsi);

	if (intid)
		hvk_vgic_inject(vm, NULL, intid, level);
}

/* --- finding an irqfd by its eventfd ---------------------------------------------- */

static struct hvk_irqfd *irqfd_of(const struct rb_node *node)
{
	return rb_entry(node, struct hvk_irqfd, node);
}

static int ctx_cmp(const void *ctx, const struct rb_node *node)
{
	const struct eventfd_ctx *other = irqfd_of(node)->ctx;

	if ((const struct eventfd_ctx *)ctx == other)
		return 0;
	return (unsigned long)ctx < (unsigned long)other ? -1 : 1;
}

static bool ctx_less(struct rb_node *a, const struct rb_node *b)
{
	return ctx_cmp(irqfd_of(a)->ctx, b) < 0;
}

static struct hvk_irqfd *find(const struct hvk_irqfds *all,
			      const struct eventfd_ctx *ctx)
{
	struct rb_node *node = rb_find(ctx, &all->by_ctx, ctx_cmp);

	return node ? irqfd_of(node) : NULL;
}

/* --- removing irqfds ---------------------------------------------------------------- */

/* On return no wake-up of this irqfd runs or will run, so irqfd->closed no longer changes. */
static void unhook(struct hvk_irqfd *irqfd)
{
	u64 count;

	if (!irqfd->unhooked)
		eventfd_ctx_remove_wait_queue(irqfd->ctx, &irqfd->wait, &count);
	irqfd->unhooked = true;
}

/* Takes the irqfd out of service; the caller frees it by reap() before it drops io_lock. */
static void drop(struct hvk_irqfd *irqfd)
{
	unhook(irqfd);
	if (!irqfd->closed)
		llist_add(&irqfd->gone, &irqfd->all->gone);
}

/* Frees all irqfds on all->gone. */
static void reap(struct hvk_irqfds *all)
{
	struct llist_node *gone = llist_del_all(&all->gone);
	struct hvk_irqfd *irqfd, *next;
	bool had_readers = false;

	lockdep_assert_held(&all->vm->io_lock);
	llist_for_each_entry(irqfd, gone, gone) {
		unhook(irqfd);
		rb_erase(&irqfd->node, &all->by_ctx);
		if (irqfd->resample.eventfd) {
			/* With a GSI's last irqfd for EOIs its line goes down. */
			if (hvk_resample_leave(all->vm, &irqfd->resample))
				gsi_inject(all->vm, irqfd->gsi, false);
			had_readers = true;
		}
		cond_resched();
	}
	/* Waits for hvk_resample_ack() on other CPUs. */
	if (had_readers)
		synchronize_srcu_expedited(&all->vm->io_srcu);
	llist_for_each_entry_safe(irqfd, next, gone, gone) {
		hvk_resample_free(&irqfd->resample);
		if (irqfd->resample.eventfd)
			eventfd_ctx_put(irqfd->resample.eventfd);
		eventfd_ctx_put(irqfd->ctx);
		kfree(irqfd);
		all->nr--;
		cond_resched();
	}
}

static void reaper(struct work_struct *work)
{
	struct hvk_irqfds *all = container_of(work, struct hvk_irqfds, reaper);

	mutex_lock(&all->vm->io_lock);
	reap(all);
	mutex_unlock(&all->vm->io_lock);
}

/* --- wake-ups ----------------------------------------------------------------------- */

/* Called with the eventfd's wait queue lock held; interrupts are off, except on PREEMPT_RT. */
static int irqfd_wakeup(wait_queue_entry_t *wait, unsigned int mode, int sync,
			void *key)
{
	struct hvk_irqfd *irqfd = container_of(wait, struct hvk_irqfd, wait);
	struct hvk_irqfds *all = irqfd->all;
	__poll_t events = key_to_poll(key);
	u64 count;
	int ret = 0;

	if (events & EPOLLIN) {
		eventfd_ctx_do_read(irqfd->ctx, &count);
		gsi_inject(all->vm, irqfd->gsi, true);
		ret = 1;
	}
	if ((events & EPOLLHUP) && !irqfd->closed) {
		irqfd->closed = true;
		llist_add(&irqfd->gone, &all->gone);
		queue_work(reaper_wq, &all->reaper);
	}
	return ret;
}

static void irqfd_queue_proc(struct file *file, wait_queue_head_t *wqh,
			     poll_table *pt)
{
	struct hvk_irqfd *irqfd = container_of(pt, struct hvk_irqfd, pt);

	add_wait_queue_priority(wqh, &irqfd->wait);
}

/* --- the ioctl ---------------------------------------------------------------------- */

/*
 * Links the irqfd completely before its eventfd can wake it. An eventfd serves one
 * irqfd only.
 */
static int irqfd_add(struct hvk_irqfds *all, struct hvk_irqfd *irqfd)
{
	int err;

	lockdep_assert_held(&all->vm->io_lock);
	/* Makes room: irqfds whose eventfd was closed do not count any more. */
	reap(all);
	if (find(all, irqfd->ctx))
		return -EBUSY;
	if (all->nr >= MAX_IRQFDS)
		return -ENOSPC;
	if (irqfd->resample.eventfd) {
		err = hvk_resample_join(all->vm, irqfd->gsi, &irqfd->resample);
		if (err)
			return err;
	}
	rb_add(&irqfd->node, &all->by_ctx, ctx_less);
	all->nr++;
	return 0;
}

static int assign(struct hvk_vm *vm, const struct kvm_irqfd *args)
{
	struct hvk_irqfd *irqfd;
	struct file *file;
	int ret;

	/* Acquire: pairs with the release in hvk_vgic_init(). */
	if (!smp_load_acquire(&vm->vgic.ready))
		return -EAGAIN;

	irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT);
	if (!irqfd)
		return -ENOMEM;
	irqfd->all = vm->irqfds;
	irqfd->gsi = args->gsi;
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
		irqfd->resample.eventfd = eventfd_ctx_fdget(args->resamplefd);
		if (IS_ERR(irqfd->resample.eventfd)) {
			ret = PTR_ERR(irqfd->resample.eventfd);
			goto put_ctx;
		}
	}

	mutex_lock(&vm->io_lock);
	ret = irqfd_add(vm->irqfds, irqfd);
	/*
	 * Our reference to the file keeps EPOLLHUP away. Events that were signalled
	 * before count.
	 */
	if (!ret && vfs_poll(file, &irqfd->pt) & EPOLLIN)
		gsi_inject(vm, args->gsi, true);
	mutex_unlock(&vm->io_lock);
	if (ret)
		goto put_resample;
	fput(file);
	return 0;

put_resample:
	if (irqfd->resample.eventfd)
		eventfd_ctx_put(irqfd->resample.eventfd);
put_ctx:
	eventfd_ctx_put(irqfd->ctx);
put_file:
	fput(file);
free_irqfd:
	kfree(irqfd);
	return ret;
}

/* After our return no interrupt comes from the irqfd any more. */
static int deassign(struct hvk_vm *vm, const struct kvm_irqfd *args)
{
	struct eventfd_ctx *ctx = eventfd_ctx_fdget(args->fd);
	struct hvk_irqfd *irqfd;

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	mutex_lock(&vm->io_lock);
	irqfd = find(vm->irqfds, ctx);
	if (irqfd && irqfd->gsi == args->gsi)
		drop(irqfd);
	reap(vm->irqfds);
	mutex_unlock(&vm->io_lock);
	eventfd_ctx_put(ctx);
	return 0;
}

int hvk_irqfd(struct hvk_vm *vm, const struct kvm_irqfd *args)
{
	if (args->flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
		return -EINVAL;
	if (args->flags & KVM_IRQFD_FLAG_DEASSIGN)
		return deassign(vm, args);
	return assign(vm, args);
}

/* --- setup and teardown ------------------------------------------------------------- */

int hvk_irqfds_init(struct hvk_vm *vm)
{
	struct hvk_irqfds *all = kzalloc(sizeof(*all), GFP_KERNEL_ACCOUNT);

	if (!all)
		return -ENOMEM;
	all->vm = vm;
	all->by_ctx = RB_ROOT;
	xa_init(&vm->resamplers);
	init_llist_head(&all->gone);
	INIT_WORK(&all->reaper, reaper);
	vm->irqfds = all;
	return 0;
}

void hvk_irqfds_release(struct hvk_vm *vm)
{
	struct hvk_irqfds *all = vm->irqfds;
	struct rb_node *node;

	mutex_lock(&vm->io_lock);
	for (node = rb_first(&all->by_ctx); node; node = rb_next(node)) {
		drop(irqfd_of(node));
		cond_resched();
	}
	reap(all);
	mutex_unlock(&vm->io_lock);
	/* Nobody queues the work any more. It is this VM's alone. */
	cancel_work_sync(&all->reaper);
}

void hvk_irqfds_destroy(struct hvk_vm *vm)
{
	xa_destroy(&vm->resamplers);
	kfree(vm->irqfds);
}

int hvk_irqfd_init(void)
{
	reaper_wq = alloc_workqueue("hvk-irqfd", WQ_UNBOUND, 0);
	return reaper_wq ? 0 : -ENOMEM;
}

void hvk_irqfd_exit(void)
{
	destroy_workqueue(reaper_wq);
}
