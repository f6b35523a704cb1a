// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_IOEVENTFD: a guest's write to an address signals an eventfd, without an exit to
 * the VMM (EL1, process context). ioeventfds are looked up under vm->io_srcu and
 * changed under vm->io_lock. KVM_IRQFD, the other direction, is in irqfd.c.
 */
#include <linux/bits.h>
#include <linux/eventfd.h>
#include <linux/list.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "base/compat.h"
#include "core/mmio.h"
#include "core/vcpu.h"
#include "irq/eventfd.h"
#include "irq/irqfd.h"

/* KVM's limit of devices on a bus; -ENOSPC beyond it. */
#define MAX_IOEVENTFDS	1000

struct hvk_ioeventfd {
	struct list_head link;	/* vm->ioeventfds */
	struct list_head gone;	/* list of those to be freed, in hvk_eventfd_release() */
	struct eventfd_ctx *ctx;
	u64 addr;		/* IPA */
	u64 datamatch;
	u32 len;		/* bytes; 0: matches any length */
	u32 bus;		/* KVM_IOEVENTFD_FLAG_PIO or _VIRTIO_CCW_NOTIFY: never hit */
	bool wildcard;		/* matches any data */
};

#define BUS_FLAGS	(KVM_IOEVENTFD_FLAG_PIO | \
			 KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY)
#define VALID_FLAGS	(KVM_IOEVENTFD_FLAG_DATAMATCH | BUS_FLAGS | \
			 KVM_IOEVENTFD_FLAG_DEASSIGN)

static bool same_place(const struct hvk_ioeventfd *a,
		       const struct hvk_ioeventfd *b)
{
	return a->bus == b->bus && a->addr == b->addr;
}

/* Whether one write could match both. */
static bool collide(const struct hvk_ioeventfd *a,
		    const struct hvk_ioeventfd *b)
{
	if (!same_place(a, b))
		return false;
	if (!a->len || !b->len)
		return true;
	return a->len == b->len &&
	       (a->wildcard || b->wildcard || a->datamatch == b->datamatch);
}

/* Whether a write of the low len bytes of data to ipa is for this one. */
static bool hit(const struct hvk_ioeventfd *p, u64 ipa, u64 data, unsigned int len)
{
	if (p->addr != ipa || p->bus)
		return false;
	if (!p->len)
		return true;
	return p->len == len &&
	       (p->wildcard ||
		p->datamatch == (data & GENMASK_ULL(len * 8 - 1, 0)));
}

bool hvk_ioeventfds_ring(struct hvk_vm *vm, u64 ipa, u64 data, unsigned int len)
{
	const struct hvk_ioeventfd *p;
	bool taken = false;
	int idx;

	idx = srcu_read_lock(&vm->io_srcu);
	list_for_each_entry_srcu(p, &vm->ioeventfds, link,
				 srcu_read_lock_held(&vm->io_srcu))
		if (hit(p, ipa, data, len)) {
			hvk_eventfd_signal(p->ctx);
			taken = true;
			break;
		}
	srcu_read_unlock(&vm->io_srcu, idx);
	return taken;
}

/* hvk_mmio_access for writes to any address: true if an ioeventfd took this one. */
static bool access_ioeventfds(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio,
			      u64 offset)
{
	return !mmio->rung && hvk_ioeventfds_any(vcpu->vm) &&
	       hvk_ioeventfds_ring(vcpu->vm, mmio->ipa, mmio->data, mmio->len);
}

static void ioeventfd_free(struct hvk_ioeventfd *p)
{
	eventfd_ctx_put(p->ctx);
	kfree(p);
}

/* Makes an ioeventfd from the user's arguments. NULL: no memory; else it owns ctx. */
static struct hvk_ioeventfd *ioeventfd_new(const struct kvm_ioeventfd *args,
					   struct eventfd_ctx *ctx)
{
	struct hvk_ioeventfd *p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);

	if (!p)
		return NULL;
	p->ctx = ctx;
	p->addr = args->addr;
	p->len = args->len;
	p->bus = args->flags & BUS_FLAGS;
	p->wildcard = !(args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH);
	if (!p->wildcard)
		p->datamatch = args->datamatch;
	return p;
}

static int assign(struct hvk_vm *vm, const struct kvm_ioeventfd *args)
{
	struct hvk_ioeventfd *p, *other;
	struct eventfd_ctx *ctx;
	unsigned int nr = 0;
	int ret = 0;

	switch (args->len) {
	case 0:
		if (args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH)
			return -EINVAL;
		break;
	case 1:
	case 2:
	case 4:
	case 8:
		break;
	default:
		return -EINVAL;
	}
	if (args->addr + args->len < args->addr || args->flags & ~VALID_FLAGS)
		return -EINVAL;

	ctx = eventfd_ctx_fdget(args->fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	p = ioeventfd_new(args, ctx);
	if (!p) {
		eventfd_ctx_put(ctx);
		return -ENOMEM;
	}

	mutex_lock(&vm->io_lock);
	list_for_each_entry(other, &vm->ioeventfds, link) {
		nr++;
		if (collide(p, other)) {
			ret = -EEXIST;
			break;
		}
	}
	if (!ret && nr >= MAX_IOEVENTFDS)
		ret = -ENOSPC;
	if (!ret) {
		hvk_mmio_snooped(vm, 1);
		list_add_tail_rcu(&p->link, &vm->ioeventfds);
	}
	mutex_unlock(&vm->io_lock);

	if (ret)
		ioeventfd_free(p);
	return ret;
}

static int deassign(struct hvk_vm *vm, const struct kvm_ioeventfd *args)
{
	bool wildcard = !(args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH);
	struct hvk_ioeventfd *p, *found = NULL;
	struct eventfd_ctx *ctx;

	ctx = eventfd_ctx_fdget(args->fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	mutex_lock(&vm->io_lock);
	list_for_each_entry(p, &vm->ioeventfds, link) {
		if (p->ctx == ctx && p->bus == (args->flags & BUS_FLAGS) &&
		    p->addr == args->addr && p->len == args->len &&
		    p->wildcard == wildcard &&
		    (wildcard || p->datamatch == args->datamatch)) {
			found = p;
			list_del_rcu(&p->link);
			hvk_mmio_snooped(vm, -1);
			break;
		}
	}
	mutex_unlock(&vm->io_lock);
	eventfd_ctx_put(ctx);

	if (!found)
		return -ENOENT;
	/* After our return no guest write that began before may signal the eventfd. */
	synchronize_srcu_expedited(&vm->io_srcu);
	ioeventfd_free(found);
	return 0;
}

int hvk_ioeventfd(struct hvk_vm *vm, const struct kvm_ioeventfd *args)
{
	if (args->flags & KVM_IOEVENTFD_FLAG_DEASSIGN)
		return deassign(vm, args);
	return assign(vm, args);
}

int hvk_eventfd_init(struct hvk_vm *vm)
{
	int err;

	mutex_init(&vm->io_lock);
	INIT_LIST_HEAD(&vm->ioeventfds);
	err = init_srcu_struct(&vm->io_srcu);
	if (err)
		return err;
	err = hvk_irqfds_init(vm);
	if (err) {
		cleanup_srcu_struct(&vm->io_srcu);
		return err;
	}
	hvk_mmio_snoop(vm, access_ioeventfds);
	return 0;
}

/*
 * The VM's file is closed, so no ioctl adds ioeventfds any more, but vCPUs may still
 * write to them.
 */
void hvk_eventfd_release(struct hvk_vm *vm)
{
	struct hvk_ioeventfd *p, *tmp;
	LIST_HEAD(gone);

	hvk_irqfds_release(vm);

	/*
	 * A reader may be at any of these: list_del_rcu() keeps its pointer to the next
	 * one valid.
	 */
	mutex_lock(&vm->io_lock);
	list_for_each_entry_safe(p, tmp, &vm->ioeventfds, link) {
		list_del_rcu(&p->link);
		list_add(&p->gone, &gone);
	}
	mutex_unlock(&vm->io_lock);
	if (list_empty(&gone))
		return;
	synchronize_srcu_expedited(&vm->io_srcu);
	list_for_each_entry_safe(p, tmp, &gone, gone)
		ioeventfd_free(p);
}

void hvk_eventfd_destroy(struct hvk_vm *vm)
{
	hvk_irqfds_destroy(vm);
	cleanup_srcu_struct(&vm->io_srcu);
}
