// SPDX-License-Identifier: GPL-2.0-only
/* The module's event channels, built for the machine that tests, on channel_bench.h's bench. */
#include <linux/eventfd.h>
#include <linux/signal_types.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "channel_bench.h"

#undef spin_lock
#define spin_lock(l)							\
	do {								\
		channel_bench_at_lock();				\
		raw_spin_lock(l);					\
	} while (0)

typedef atomic64_t atomic_long_t;
#define atomic_long_fetch_andnot(bits, a)				\
	__atomic_fetch_and((unsigned long *)(a), ~(unsigned long)(bits), __ATOMIC_SEQ_CST)

#include "../../kmod/partition/channel.c"

static struct hvk_vm *vms;
static struct hvk_vcpu *vcpus;
static struct file channel_file;
static int event;

void hvk_vcpu_kick(struct hvk_vcpu *vcpu)
{
	channel_bench_kick(vcpu->vm - vms, vcpu->idx);
}

int hvk_vgic_pulse(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid)
{
	channel_bench_interrupt(vm - vms, intid);
	return 0;
}

int anon_inode_getfd(const char *name, const struct file_operations *fops,
		     void *priv, int flags)
{
	channel_file = (struct file) { .f_op = fops, .private_data = priv };
	return 3;
}

struct file *fget(unsigned int fd)
{
	return fd == 3 ? &channel_file : NULL;
}

void fput(struct file *file)
{
}

struct eventfd_ctx *eventfd_ctx_fdget(int fd)
{
	if (fd != CHANNEL_BENCH_EVENT)
		return ERR_PTR(-EBADF);
	event++;
	return (struct eventfd_ctx *)&event;
}

void eventfd_ctx_put(struct eventfd_ctx *ctx)
{
	event--;
}

void eventfd_signal(struct eventfd_ctx *ctx)
{
}

/* --- the bench ------------------------------------------------------------------ */

int channel_bench_open(void)
{
	unsigned int i, n;

	vms = kcalloc(CHANNEL_BENCH_VMS, sizeof(*vms), GFP_KERNEL);
	vcpus = kcalloc(CHANNEL_BENCH_VMS * CHANNEL_BENCH_VCPUS, sizeof(*vcpus),
			GFP_KERNEL);
	for (i = 0; i < CHANNEL_BENCH_VMS; i++) {
		vms[i].vgic.ready = true;
		vms[i].vgic.nr_irqs = 256;
		vms[i].nr_vcpus = CHANNEL_BENCH_VCPUS;
		for (n = 0; n < CHANNEL_BENCH_VCPUS; n++) {
			vms[i].vcpu[n] = &vcpus[i * CHANNEL_BENCH_VCPUS + n];
			vms[i].vcpu[n]->vm = &vms[i];
			vms[i].vcpu[n]->idx = n;
		}
	}
	return hvk_channel_create_fd();
}

void channel_bench_close(void)
{
	unsigned int i;

	for (i = 0; i < CHANNEL_BENCH_VMS; i++)
		hvk_channels_release(&vms[i]);
	channel_file.f_op->release(NULL, &channel_file);
	kfree(vcpus);
	kfree(vms);
	BUG_ON(event);
}

int channel_bench_bind(unsigned int vm, uint32_t number, uint32_t role,
		       uint32_t intid, int event_fd)
{
	const struct hvk_channel_bind args = {
		.channel_fd = 3, .number = number, .role = role, .intid = intid,
		.event_fd = event_fd,
	};

	return hvk_channel_bind(&vms[vm], &args);
}

int channel_bench_notify(unsigned int vm, uint64_t number)
{
	return hvk_channel_notify(&vms[vm], number);
}

int channel_bench_mask(unsigned int vm, uint64_t number, bool mask)
{
	return hvk_channel_mask(&vms[vm], number, mask);
}

void channel_bench_wait(unsigned int vm, unsigned int vcpu)
{
	vms[vm].vcpu[vcpu]->para.wait = HVK_WAIT_ON;
}

void channel_bench_notify_file(void)
{
	channel_file.f_op->unlocked_ioctl(&channel_file, HVK_CHANNEL_NOTIFY, 0);
}

uint64_t channel_bench_take(unsigned int vm)
{
	u64 left;

	return hvk_channel_take(&vms[vm], ~0ULL, &left);
}
