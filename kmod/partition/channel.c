// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event channels (EL1, process context). A notification through a channel sets a pending
 * bit and raises an SPI in the receiving VM. A VM has only the channels that the VMM binds.
 *
 * A channel is a file; a process that holds it may bind VMs to the channel and notify. The
 * channel lives as long as that file or any VM that is bound. channel->receiver is the end
 * of the one VM that receives. A VM that is being destroyed clears it under channel->lock,
 * which every notification holds, so that no notification reaches such a VM.
 *
 * A guest's calls look an end up without a lock. So an end is published last, when nothing
 * can fail any more, and stays until its VM is destroyed.
 */
#include <linux/anon_inodes.h>
#include <linux/bitops.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>

#include "base/compat.h"
#include "base/user32.h"
#include "core/kick.h"
#include "core/vm.h"
#include "irq/vgic.h"
#include "partition/channel.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"

struct hvk_channel {
	refcount_t users;	/* one for the file, one for each end that is bound */
	spinlock_t lock;	/* protects receiver and waiting; held in each notification */
	struct hvk_channel_end *receiver;
	bool waiting;		/* notified while there was no receiver */
};

/* One VM's end of a channel; it lives as long as the VM. */
struct hvk_channel_end {
	struct hvk_channel *channel;
	struct hvk_vm *vm;
	struct eventfd_ctx *event;	/* signalled with each event; NULL: none, or a sender */
	u32 number;	/* the guest's number for it: index into hvk_channels.end */
	u32 role;	/* HVK_CHANNEL_SEND or HVK_CHANNEL_RECEIVE */
	u32 intid;	/* the receiver's SPI */
};

static const struct file_operations channel_fops;

static void channel_put(struct hvk_channel *channel)
{
	if (refcount_dec_and_test(&channel->users))
		kfree(channel);
}

/* --- an event --------------------------------------------------------------- */

/*
 * Tells the receiver's vCPUs of an event that is pending and not masked. The caller has
 * ordered its write of `pending` or `masked` before the reads of `wait`. A vCPU that begins
 * HVK_PARA_WAIT sets `wait` and then, after the barrier with which it goes to sleep, looks
 * at both: so either it sees the event or it is kicked.
 */
static void interrupt(const struct hvk_channel_end *end)
{
	struct hvk_vm *vm = end->vm;
	unsigned int i, nr = hvk_nr_vcpus(vm);

	hvk_vgic_pulse(vm, NULL, end->intid);
	/* A vCPU in HVK_PARA_WAIT waits for events too, and the SPI may target another. */
	for (i = 0; i < nr; i++)
		if (READ_ONCE(vm->vcpu[i]->para.wait))
			hvk_vcpu_kick(vm->vcpu[i]);
}

/* Signals the receiver. channel->lock is held, so that its VM cannot be destroyed meanwhile. */
static void raise_event(struct hvk_channel_end *end)
{
	struct hvk_vm *vm = end->vm;

	set_bit(end->number, &vm->channels.pending);
	/*
	 * `pending` is set before `masked` is read, and hvk_channel_mask() orders its accesses
	 * the other way round: at least one side sees the other's and raises the interrupt.
	 */
	smp_mb__after_atomic();
	if (!test_bit(end->number, &vm->channels.masked))
		interrupt(end);
	if (end->event)
		hvk_eventfd_signal(end->event);
}

static void notify(struct hvk_channel *channel)
{
	spin_lock(&channel->lock);
	if (channel->receiver)
		raise_event(channel->receiver);
	else
		channel->waiting = true;
	spin_unlock(&channel->lock);
}

/* The VM's end with this number, if it has this role, else NULL. */
static struct hvk_channel_end *find(struct hvk_vm *vm, u64 number, u32 role)
{
	struct hvk_channel_end *end;

	if (number >= HVK_NR_CHANNELS)
		return NULL;
	number = array_index_nospec(number, HVK_NR_CHANNELS);
	/* The pointer is read before what it points at: pairs with publish(). */
	end = smp_load_acquire(&vm->channels.end[number]);
	return end && end->role == role ? end : NULL;
}

int hvk_channel_notify(struct hvk_vm *vm, u64 number)
{
	struct hvk_channel_end *end = find(vm, number, HVK_CHANNEL_SEND);

	if (!end)
		return HVK_PARA_EDENIED;
	notify(end->channel);
	return HVK_PARA_OK;
}

int hvk_channel_mask(struct hvk_vm *vm, u64 number, bool mask)
{
	struct hvk_channel_end *end = find(vm, number, HVK_CHANNEL_RECEIVE);

	if (!end)
		return HVK_PARA_EDENIED;
	if (mask) {
		set_bit(end->number, &vm->channels.masked);
		return HVK_PARA_OK;
	}
	clear_bit(end->number, &vm->channels.masked);
	/* `masked` is cleared before `pending` is read: pairs with raise_event(). */
	smp_mb__after_atomic();
	if (test_bit(end->number, &vm->channels.pending))
		interrupt(end);
	return HVK_PARA_OK;
}

u64 hvk_channel_take(struct hvk_vm *vm, u64 wanted, u64 *left)
{
	unsigned long before;

	before = atomic_long_fetch_andnot(wanted,
					  (atomic_long_t *)&vm->channels.pending);
	*left = before & ~wanted;
	return before & wanted;
}

bool hvk_channel_unmasked(struct hvk_vm *vm)
{
	return READ_ONCE(vm->channels.pending) &
	       ~READ_ONCE(vm->channels.masked);
}

/* --- binding ---------------------------------------------------------------- */

/* Checks the arguments of HVK_BIND_CHANNEL. 0, -EINVAL, -ENODEV. */
static int check(struct hvk_vm *vm, const struct hvk_channel_bind *args)
{
	if (args->pad || args->number >= HVK_NR_CHANNELS)
		return -EINVAL;
	switch (args->role) {
	case HVK_CHANNEL_SEND:
		return args->intid || args->event_fd != -1 ? -EINVAL : 0;
	case HVK_CHANNEL_RECEIVE:
		/* Pairs with the release in hvk_vgic_init(): `ready` is read before nr_irqs. */
		if (!smp_load_acquire(&vm->vgic.ready))
			return -ENODEV;
		return args->intid < HVK_NR_PRIVATE ||
		       args->intid >= vm->vgic.nr_irqs ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

/* Makes the end visible to its guest. This cannot be undone: nothing may fail after it. */
static void publish(struct hvk_channel_end *end)
{
	refcount_inc(&end->channel->users);
	/* The end is filled in before find() can see the pointer. */
	smp_store_release(&end->vm->channels.end[end->number], end);
}

/*
 * Makes this end the receiver and delivers to it, as one event, the notifications that came
 * while there was none. 0, or -EBUSY: there is a receiver.
 */
static int receive(struct hvk_channel *channel, struct hvk_channel_end *end)
{
	int err = 0;

	spin_lock(&channel->lock);
	if (channel->receiver) {
		err = -EBUSY;
	} else {
		channel->receiver = end;
		/* Published before its first interrupt, whose handler may mask the channel. */
		publish(end);
		if (channel->waiting)
			raise_event(end);
		channel->waiting = false;
	}
	spin_unlock(&channel->lock);
	return err;
}

/* Binds a VM to the channel. vm->lock and a reference to the channel's file are held. */
static int bind(struct hvk_vm *vm, const struct hvk_channel_bind *args,
		struct hvk_channel *channel)
{
	u32 number = array_index_nospec(args->number, HVK_NR_CHANNELS);
	struct hvk_channel_end *end;
	int err = 0;

	if (vm->channels.end[number])
		return -EEXIST;
	end = kzalloc(sizeof(*end), GFP_KERNEL_ACCOUNT);
	if (!end)
		return -ENOMEM;
	end->channel = channel;
	end->vm = vm;
	end->number = number;
	end->role = args->role;
	end->intid = args->intid;
	if (args->event_fd != -1) {
		end->event = eventfd_ctx_fdget(args->event_fd);
		if (IS_ERR(end->event)) {
			err = PTR_ERR(end->event);
			end->event = NULL;
			goto fail;
		}
	}
	if (end->role == HVK_CHANNEL_RECEIVE)
		err = receive(channel, end);
	else
		publish(end);
	if (!err)
		return 0;

fail:
	if (end->event)
		eventfd_ctx_put(end->event);
	kfree(end);
	return err;
}

int hvk_channel_bind(struct hvk_vm *vm, const struct hvk_channel_bind *args)
{
	struct file *file;
	int err;

	err = check(vm, args);
	if (err)
		return err;
	file = fget(args->channel_fd);
	if (!file)
		return -EBADF;
	err = -EINVAL;
	if (file->f_op == &channel_fops) {
		mutex_lock(&vm->lock);
		err = bind(vm, args, file->private_data);
		mutex_unlock(&vm->lock);
	}
	fput(file);
	return err;
}

void hvk_channels_release(struct hvk_vm *vm)
{
	unsigned int i;

	for (i = 0; i < HVK_NR_CHANNELS; i++) {
		struct hvk_channel_end *end = vm->channels.end[i];

		if (!end)
			continue;
		if (end->role == HVK_CHANNEL_RECEIVE) {
			spin_lock(&end->channel->lock);
			end->channel->receiver = NULL;
			spin_unlock(&end->channel->lock);
		}
		if (end->event)
			eventfd_ctx_put(end->event);
		channel_put(end->channel);
		kfree(end);
	}
}

/* --- the file --------------------------------------------------------------- */

static long channel_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	if (cmd != HVK_CHANNEL_NOTIFY || arg)
		return -EINVAL;
	notify(file->private_data);
	return 0;
}

static int channel_release(struct inode *inode, struct file *file)
{
	channel_put(file->private_data);
	return 0;
}

static const struct file_operations channel_fops = {
	.owner = THIS_MODULE,
	.release = channel_release,
	.unlocked_ioctl = channel_ioctl,
	.compat_ioctl = hvk_user32_ioctl,
	.llseek = noop_llseek,
};

int hvk_channel_create_fd(void)
{
	struct hvk_channel *channel;
	int fd;

	channel = kzalloc(sizeof(*channel), GFP_KERNEL_ACCOUNT);
	if (!channel)
		return -ENOMEM;
	refcount_set(&channel->users, 1);
	spin_lock_init(&channel->lock);
	fd = anon_inode_getfd("hvk-channel", &channel_fops, channel,
			      O_RDWR | O_CLOEXEC);
	if (fd < 0)
		channel_put(channel);
	return fd;
}
