// SPDX-License-Identifier: GPL-2.0-only
/*
 * The races of ioctl_fuzz: for each kind of thing that an ioctl publishes, the call,
 * also such that it fails late, and those who find the thing beside the guests. Fds
 * are found by guessing their numbers, too.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_race.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"
#include "vm.h"

#define W	(&race_world)
#define BIT(n)	(1u << (n))

static int some_event(struct rng *r)
{
	return W->event[below(r, RACE_EVENTS)];
}

/* An eventfd goes, and another comes; or one is written, or read. */
static void use_event(struct rng *r)
{
	uint64_t one = 1;
	int fd;

	switch (below(r, 8)) {
	case 0:
		fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		close(atomic_exchange(&W->event[below(r, RACE_EVENTS)], fd));
		break;
	case 1:
	case 2:
		read(some_event(r), &one, sizeof(one));
		break;
	default:
		write(some_event(r), &one, sizeof(one));
		break;
	}
}

/* In the place of the one before, which is closed. */
static void renew(atomic_int *place, int fd)
{
	fd = atomic_exchange(place, fd);
	if (fd >= 0)
		close(fd);
}

/* What there is to do to an fd that one only guesses. */
static void try_guess(struct rng *r)
{
	int fd = fuzz_race_guess(r);

	if (one_in(r, 8))
		close(fd);
	else if (one_in(r, 4))
		ioctl(fd, KVM_RUN, 0);
	else
		fuzz_ioctl_on(r, fd);
}

/* --- channels ------------------------------------------------------------------------ */

/* To a channel that has its receiver: refused, but only at the end. */
static bool bind_channel(struct rng *r)
{
	struct hvk_channel_bind bind = {
		.channel_fd = W->channel, .number = below(r, RACE_CHANNELS),
		.role = HVK_CHANNEL_RECEIVE, .intid = HVK_PARA_EVENT_INTID + 1, .event_fd = -1,
	};

	if (one_in(r, 64))
		bind.event_fd = one_in(r, 2) ? some_event(r) : 999;
	if (one_in(r, 256)) {
		bind.number = RACE_CHANNELS + below(r, 59);
		bind.role = HVK_CHANNEL_SEND;
		bind.intid = 0;
	}
	return !ioctl(W->vm, HVK_BIND_CHANNEL, &bind);
}

static void notify_channel(struct rng *r)
{
	(void)r;
	ioctl(W->channel, HVK_CHANNEL_NOTIFY, 0);
}

/* --- devices, vCPUs, VMs ---------------------------------------------------------------- */

static bool create_device(struct rng *r)
{
	static const struct kvm_create_device fixed = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	struct kvm_create_device device = fixed;
	int vm = fuzz_race_vm(), ret;

	W->young_vm = vm;
	/* Where its fd cannot be stored, it fails late. */
	ret = ioctl(vm, KVM_CREATE_DEVICE, one_in(r, 2) ? &device : &fixed);
	if (!ret && device.fd) {
		fuzz_ioctl_on(r, device.fd);
		close(device.fd);
	}
	close(vm);
	return !ret;
}

/* The VM runs, and its guest asks for the vCPUs that are being made. */
static bool create_vcpus(struct rng *r)
{
	int vm = fuzz_race_vm(), vcpu = -1, more[7];
	unsigned int guest = BIT(RACE_BIT_POWER) | BIT(RACE_BIT_RAM);

	vcpu = fuzz_race_vcpu(vm, 0, guest);
	renew(&W->young_vm, vm);
	renew(&W->young_vcpu, vcpu);
	for (unsigned int i = 0; i < 7; i++)
		more[i] = one_in(r, 2) ? fuzz_race_vcpu(vm, 1 + i, guest) :
			  ioctl(vm, KVM_CREATE_VCPU, below(r, 8));
	for (unsigned int i = 0; i < 7; i++)
		if (more[i] >= 0)
			close(more[i]);
	return vcpu >= 0;
}

static void run_young(struct rng *r)
{
	struct kvm_irq_level level = { .irq = below(r, 8) << KVM_ARM_IRQ_VCPU_SHIFT };

	if (one_in(r, 4))
		try_guess(r);
	else if (one_in(r, 4))
		ioctl(W->young_vm, KVM_IRQ_LINE, &level);
	else
		ioctl(W->young_vcpu, KVM_RUN, 0);
}

/* Of the notifier's: memory that goes while VMs come, and go. */
static bool create_vm(struct rng *r)
{
	int vm = fuzz_race_vm();

	fuzz_ioctl_on(r, vm);
	if (vm >= 0)
		close(vm);
	return vm >= 0;
}

static void shake_memory(struct rng *r)
{
	if (one_in(r, 2))
		try_guess(r);
	else
		madvise(fuzz_memory.ram, RACE_RAM_SIZE, one_in(r, 2) ? MADV_DONTNEED : MADV_COLD);
}

/* --- what the first RUN fixes --------------------------------------------------------------- */

static bool first_run(struct rng *r)
{
	int vm = fuzz_race_vm();
	int vcpu = fuzz_race_vcpu(vm, 0, BIT(RACE_BIT_IRQS) | BIT(RACE_BIT_CALLS));
	int gic = fuzz_race_gic(vm);

	renew(&W->young_gic, gic);
	renew(&W->young_vcpu, vcpu);
	renew(&W->young_vm, vm);
	if (one_in(r, 2))
		sched_yield();
	/* It runs until it is kicked. */
	return !ioctl(vcpu, KVM_RUN, 0) || errno == EINTR;
}

/* Settings, among them what is wrong and what comes too late. */
static void set_young(struct rng *r)
{
	uint32_t intid = 16 + below(r, 16);
	struct kvm_device_attr attr = {
		.group = KVM_ARM_VCPU_TIMER_CTRL, .attr = below(r, 2), .addr = (uintptr_t)&intid,
	};
	struct kvm_irq_level level = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (32 + below(r, 64)),
		.level = below(r, 2),
	};
	struct kvm_irqfd irqfd = { .fd = some_event(r), .gsi = below(r, 8) };

	switch (below(r, 8)) {
	case 0:
		ioctl(W->young_vcpu, KVM_SET_DEVICE_ATTR, &attr);
		break;
	case 1:
		fuzz_set_attr(W->young_gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, 64);
		break;
	case 2:
		fuzz_set_attr(W->young_gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0);
		break;
	case 3:
		fuzz_set_attr(W->young_gic, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, below(r, 64) * 4, rnd(r));
		break;
	case 4:
		ioctl(W->young_vm, KVM_IRQ_LINE, &level);
		break;
	case 5:
		ioctl(W->young_vm, KVM_IRQFD, &irqfd);
		break;
	case 6:
		close(ioctl(W->young_vm, KVM_CREATE_VCPU, 1 + below(r, 3)));
		break;
	default:
		fuzz_ioctl_on(r, W->young_vm);
		break;
	}
}

/* --- memory -------------------------------------------------------------------------------------- */

#define SLOT	3

/* It comes, goes, moves, begins to log; or is refused. */
static bool set_slot(struct rng *r)
{
	struct kvm_userspace_memory_region region = {
		.slot = SLOT,
		.flags = ANY(r, 0, 0, 0, KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY),
		.guest_phys_addr = RACE_RAM + (one_in(r, 3) ? RACE_RAM_SIZE : 0),
		.memory_size = one_in(r, 3) ? 0 : RACE_RAM_SIZE,
		.userspace_addr = (uintptr_t)fuzz_memory.ram,
	};

	if (one_in(r, 16))
		region.guest_phys_addr = FUZZ_RAM;
	return !ioctl(W->vm, KVM_SET_USER_MEMORY_REGION, &region);
}

static void use_slot(struct rng *r)
{
	static uint64_t bitmap[RACE_RAM_SIZE / FUZZ_PAGE / 64];
	struct kvm_dirty_log log = { .slot = SLOT, .dirty_bitmap = bitmap };
	struct hvk_prefault prefault = { .ipa = RACE_RAM, .size = RACE_RAM_SIZE };

	switch (below(r, 4)) {
	case 0:
		ioctl(W->vm, KVM_GET_DIRTY_LOG, &log);
		break;
	case 1:
		madvise(fuzz_memory.ram, RACE_RAM_SIZE, MADV_DONTNEED);
		break;
	default:
		ioctl(W->vm, HVK_PREFAULT, &prefault);
		break;
	}
}

/* --- eventfds ------------------------------------------------------------------------------------ */

static bool set_irqfd(struct rng *r)
{
	struct kvm_irqfd irqfd = {
		.fd = some_event(r), .gsi = below(r, 8), .resamplefd = some_event(r),
		.flags = ANY(r, 0, KVM_IRQFD_FLAG_RESAMPLE, KVM_IRQFD_FLAG_DEASSIGN),
	};
	struct kvm_irq_routing none = { .nr = 0 };

	if (one_in(r, 32))
		ioctl(W->vm, KVM_SET_GSI_ROUTING, &none);
	return !ioctl(W->vm, KVM_IRQFD, &irqfd);
}

static bool set_ioeventfd(struct rng *r)
{
	struct kvm_ioeventfd ioeventfd = {
		.fd = some_event(r), .len = ANY(r, 0, 4, 4), .datamatch = below(r, 2),
		.addr = FUZZ_MMIO + below(r, RACE_MMIO_SIZE / 4) * 4,
		.flags = ANY(r, 0, KVM_IOEVENTFD_FLAG_DEASSIGN),
	};

	return !ioctl(W->vm, KVM_IOEVENTFD, &ioeventfd);
}

/* --- coalesced writes ------------------------------------------------------------------------------ */

static bool set_zone(struct rng *r)
{
	struct kvm_coalesced_mmio_zone zone = {
		.addr = FUZZ_MMIO + below(r, RACE_MMIO_SIZE / 8) * 4, .size = 4 + below(r, 32),
	};

	return !ioctl(W->vm, one_in(r, 2) ? KVM_REGISTER_COALESCED_MMIO :
		      KVM_UNREGISTER_COALESCED_MMIO, &zone);
}

/* The VMM takes what is in the ring, or makes nonsense of it. */
static void drain_ring(struct rng *r)
{
	volatile struct kvm_coalesced_mmio_ring *ring = W->ring;

	if (one_in(r, 16))
		ring->last = odd_number(r);
	else
		ring->first = one_in(r, 16) ? odd_number(r) : ring->last;
}

/* --- schedules -------------------------------------------------------------------------------------- */

/* Windows of a tenth of both CPUs: this program needs the rest. */
static bool play_frame(struct rng *r)
{
	struct hvk_frame frame = {
		.size = sizeof(frame), .nr_windows = 2, .major_ns = 1000000,
		.window = { { 0, 1, 100000, 100000 }, { 1, 1, 100000, 100000 } },
	};
	struct hvk_frame_start start = { now_ns() };
	int fd = ioctl(W->system, HVK_CREATE_FRAME, &frame), ret;

	if (fd >= 0)
		renew(&W->frame, fd);
	ret = ioctl(W->frame, HVK_FRAME_START, &start);
	if (one_in(r, 4))
		sched_yield();
	if (one_in(r, 2))
		ioctl(W->frame, HVK_FRAME_STOP, 0);
	if (one_in(r, 2))
		renew(&W->frame, -1);
	return !ret;
}

/* A vCPU with a place, in both CPUs' windows by turns. */
static void run_in_frame(struct rng *r)
{
	struct hvk_vcpu_frame place = { .frame_fd = W->frame, .owner = 1 };
	int vm = fuzz_race_vm();
	int vcpu = fuzz_race_vcpu(vm, 0, BIT(RACE_BIT_YIELD) | BIT(RACE_BIT_CALLS));

	if (!ioctl(vcpu, HVK_VCPU_FRAME, &place))
		for (unsigned int n = below(r, 8); n; n--) {
			fuzz_pin(r);
			ioctl(vcpu, KVM_RUN, 0);
		}
	close(vcpu);
	close(vm);
}

/* --- the table -------------------------------------------------------------------------------------- */

const struct race races[] = {
	{ "channel", BIT(RACE_BIT_CALLS), false, bind_channel, notify_channel },
	{ "device", BIT(RACE_BIT_IRQS), false, create_device, try_guess },
	{ "vcpu", BIT(RACE_BIT_IRQS), false, create_vcpus, run_young },
	{ "vm", BIT(RACE_BIT_RAM), false, create_vm, shake_memory },
	{ "first-run", BIT(RACE_BIT_CALLS), false, first_run, set_young },
	{ "slot", BIT(RACE_BIT_RAM), false, set_slot, use_slot },
	{ "irqfd", BIT(RACE_BIT_IRQS), false, set_irqfd, use_event },
	{ "ioeventfd", BIT(RACE_BIT_MMIO), false, set_ioeventfd, use_event },
	{ "zone", BIT(RACE_BIT_MMIO), false, set_zone, drain_ring },
	{ "frame", BIT(RACE_BIT_CALLS), true, play_frame, run_in_frame },
};

const size_t nr_races = sizeof(races) / sizeof(races[0]);

_Static_assert(sizeof(races) / sizeof(races[0]) <= MAX_RACES, "counters");
