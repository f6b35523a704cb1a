// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of /dev/hvk: KVM's and hvk's own, each with arguments that are nearly
 * right, so that they come further than the first check. One in a few is spoilt on
 * top: bytes, pointer, number, fd.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "fuzz.h"
#include "vm.h"
#include "uapi/hvk.h"

#define BUFFER_SIZE	4096

/* Newer than the headers that Debian 12 has. */
#ifndef KVM_SET_USER_MEMORY_REGION2
struct kvm_userspace_memory_region2 {
	__u32 slot;
	__u32 flags;
	__u64 guest_phys_addr;
	__u64 memory_size;
	__u64 userspace_addr;
	__u64 guest_memfd_offset;
	__u32 guest_memfd;
	__u32 pad1;
	__u64 pad2[14];
};

#define KVM_SET_USER_MEMORY_REGION2	_IOW(KVMIO, 0x49, struct kvm_userspace_memory_region2)
#endif
#ifndef KVM_ARM_SET_COUNTER_OFFSET
struct kvm_arm_counter_offset {
	__u64 counter_offset;
	__u64 reserved;
};

#define KVM_ARM_SET_COUNTER_OFFSET	_IOW(KVMIO, 0xb5, struct kvm_arm_counter_offset)
#endif

#define CORE_REG(field)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(field))

/* --- numbers: arguments that are no pointers ------------------------------------- */

static uint64_t zero(struct rng *r, void *buf)
{
	(void)buf;
	return one_in(r, 8) ? odd_number(r) : 0;
}

static uint64_t vm_type(struct rng *r, void *buf)
{
	(void)buf;
	return one_in(r, 4) ? odd_number(r) : ANY(r, 0, 0, 32, 36, 40, 44, 48);
}

static uint64_t capability(struct rng *r, void *buf)
{
	(void)buf;
	return one_in(r, 8) ? odd_number(r) : below(r, 260);
}

static uint64_t vcpu_id(struct rng *r, void *buf)
{
	(void)buf;
	return one_in(r, 8) ? odd_number(r) : below(r, 9);
}

/* --- structures -------------------------------------------------------------------- */

static uint64_t region(struct rng *r, void *buf)
{
	struct kvm_userspace_memory_region2 *a = buf;

	memset(a, 0, sizeof(*a));
	a->slot = one_in(r, 16) ? odd_number(r) : below(r, 6);
	a->flags = ANY(r, 0, 0, 0, KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY,
		       KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY);
	a->guest_phys_addr = ANY(r, FUZZ_RAM, FUZZ_RAM, FUZZ_CODE, FUZZ_MMIO, FUZZ_GICD, 0,
				 1ull << 39) + below(r, 64) * (FUZZ_RAM_SIZE / 64);
	/* Dirty bitmaps are the module's memory: not of terabytes. */
	a->memory_size = ANY(r, 0, FUZZ_PAGE, 2 << 20, FUZZ_RAM_SIZE, 1ull << 30) +
			 (one_in(r, 4) ? FUZZ_PAGE : 0);
	a->userspace_addr = fuzz_address(r) & ~(FUZZ_PAGE - 1);
	if (one_in(r, 16) && !a->flags)
		a->memory_size = odd_number(r);
	return (uintptr_t)buf;
}

static uint64_t dirty_log(struct rng *r, void *buf)
{
	struct kvm_dirty_log *a = buf;

	memset(a, 0, sizeof(*a));
	a->slot = below(r, 6);
	a->dirty_bitmap = (void *)(uintptr_t)fuzz_address(r);
	return (uintptr_t)buf;
}

static uint64_t clear_dirty_log(struct rng *r, void *buf)
{
	struct kvm_clear_dirty_log *a = buf;

	memset(a, 0, sizeof(*a));
	a->slot = below(r, 6);
	a->num_pages = ANY(r, 0, 64, 2048, ~0u);
	a->first_page = ANY(r, 0, 64, 1 << 20, ~0ull);
	a->dirty_bitmap = (void *)(uintptr_t)fuzz_address(r);
	return (uintptr_t)buf;
}

static uint64_t enable_cap(struct rng *r, void *buf)
{
	struct kvm_enable_cap *a = buf;

	memset(a, 0, sizeof(*a));
	a->cap = one_in(r, 2) ? ANY(r, KVM_CAP_ARM_NISV_TO_USER, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) :
				  below(r, 260);
	a->args[0] = one_in(r, 2) ? 0 : odd_number(r);
	return (uintptr_t)buf;
}

static uint64_t create_device(struct rng *r, void *buf)
{
	struct kvm_create_device *a = buf;

	memset(a, 0, sizeof(*a));
	a->type = one_in(r, 4) ? below(r, 20) : KVM_DEV_TYPE_ARM_VGIC_V2;
	a->flags = one_in(r, 4) ? KVM_CREATE_DEVICE_TEST : 0;
	return (uintptr_t)buf;
}

static uint64_t device_addr(struct rng *r, void *buf)
{
	struct kvm_arm_device_addr *a = buf;

	a->id = (uint64_t)below(r, 2) << KVM_ARM_DEVICE_ID_SHIFT | below(r, 3);
	a->addr = ANY(r, FUZZ_GICD, FUZZ_GICC, FUZZ_RAM, 1, ~0xfffull);
	return (uintptr_t)buf;
}

static uint64_t irq_line(struct rng *r, void *buf)
{
	struct kvm_irq_level *a = buf;

	a->irq = (uint32_t)(below(r, 4) << KVM_ARM_IRQ_TYPE_SHIFT |
			    (one_in(r, 8) ? below(r, 256) : below(r, 3)) << KVM_ARM_IRQ_VCPU_SHIFT |
			    (one_in(r, 8) ? rnd(r) & 0xffff : below(r, 300)));
	a->level = one_in(r, 8) ? odd_number(r) : below(r, 2);
	return (uintptr_t)buf;
}

static uint64_t irqfd(struct rng *r, void *buf)
{
	struct kvm_irqfd *a = buf;

	memset(a, 0, sizeof(*a));
	a->fd = fuzz_fd(r, one_in(r, 16) ? below(r, NR_KINDS) : EVENT);
	a->gsi = one_in(r, 8) ? odd_number(r) : below(r, 64);
	a->flags = below(r, 4);
	a->resamplefd = fuzz_fd(r, EVENT);
	return (uintptr_t)buf;
}

static uint64_t ioeventfd(struct rng *r, void *buf)
{
	struct kvm_ioeventfd *a = buf;

	memset(a, 0, sizeof(*a));
	a->datamatch = below(r, 4);
	a->addr = ANY(r, FUZZ_MMIO, FUZZ_GICD, FUZZ_RAM, ~0ull) + below(r, 64) * 4;
	a->len = ANY(r, 0, 1, 2, 4, 8, 3, 16);
	a->fd = fuzz_fd(r, one_in(r, 16) ? below(r, NR_KINDS) : EVENT);
	a->flags = ANY(r, 0, KVM_IOEVENTFD_FLAG_DATAMATCH, KVM_IOEVENTFD_FLAG_DEASSIGN,
		       KVM_IOEVENTFD_FLAG_PIO, 0xf);
	return (uintptr_t)buf;
}

static uint64_t routing(struct rng *r, void *buf)
{
	struct kvm_irq_routing *a = buf;

	memset(a, 0, BUFFER_SIZE);
	a->nr = one_in(r, 8) ? odd_number(r) : below(r, 40);
	for (unsigned int i = 0; i < a->nr && i < 40; i++) {
		a->entries[i].gsi = one_in(r, 32) ? odd_number(r) : i * (1 + below(r, 2));
		a->entries[i].type = one_in(r, 16) ? below(r, 8) : KVM_IRQ_ROUTING_IRQCHIP;
		a->entries[i].u.irqchip.pin = one_in(r, 16) ? odd_number(r) : below(r, 200);
	}
	return (uintptr_t)buf;
}

static uint64_t attribute(struct rng *r, void *buf)
{
	struct kvm_device_attr *a = buf;

	memset(a, 0, sizeof(*a));
	a->group = below(r, 12);
	a->attr = one_in(r, 2) ? below(r, 4) : below(r, 4) << 32 | below(r, 0x400) * 4;
	a->addr = one_in(r, 4) ? fuzz_address(r) : (uintptr_t)buf + 64;
	*(uint64_t *)((char *)buf + 64) = ANY(r, FUZZ_GICD, FUZZ_GICC, 64, 256, 27, 30) +
					  (one_in(r, 4) ? rnd(r) : 0);
	return (uintptr_t)buf;
}

static uint64_t vcpu_attribute(struct rng *r, void *buf)
{
	struct kvm_device_attr *a = buf;

	memset(a, 0, sizeof(*a));
	a->group = one_in(r, 4) ? odd_number(r) : KVM_ARM_VCPU_TIMER_CTRL;
	a->attr = one_in(r, 4) ? odd_number(r) : below(r, 2);
	a->addr = one_in(r, 8) ? fuzz_address(r) : (uintptr_t)buf + 64;
	*(uint32_t *)((char *)buf + 64) = one_in(r, 8) ? rnd(r) : 16 + below(r, 16);
	return (uintptr_t)buf;
}

static uint64_t vcpu_init(struct rng *r, void *buf)
{
	struct kvm_vcpu_init *a = buf;

	memset(a, 0, sizeof(*a));
	a->target = one_in(r, 16) ? below(r, 8) : KVM_ARM_TARGET_GENERIC_V8;
	a->features[0] = one_in(r, 8) ? odd_number(r) : below(r, 2) | 1 << KVM_ARM_VCPU_PSCI_0_2;
	return (uintptr_t)buf;
}

/* A core, timer, firmware or system register, or none. */
static uint64_t one_reg(struct rng *r, void *buf)
{
	struct kvm_one_reg *a = buf;
	uint64_t *value = (uint64_t *)((char *)buf + 64);

	switch (below(r, 8)) {
	case 0:
	case 1:
		a->id = CORE_REG(regs.regs[0]) + 2 * below(r, 40);
		break;
	case 2:
		a->id = KVM_REG_ARM64 | ANY(r, KVM_REG_SIZE_U32, KVM_REG_SIZE_U64,
					    KVM_REG_SIZE_U128) |
			KVM_REG_ARM_CORE | below(r, 0x140);
		break;
	case 3:
		a->id = ARM64_SYS_REG(3, 3, 14, 0, 0) | below(r, 0x40);	/* timers */
		break;
	case 4:
		a->id = ANY(r, KVM_REG_ARM_FW_REG(0), KVM_REG_ARM_FW_REG(1),
			    KVM_REG_ARM_FW_FEAT_BMAP_REG(0)) | below(r, 8);
		break;
	case 5:
		a->id = KVM_REG_ARM64 | KVM_REG_SIZE_U32 | below(r, 0x20) << 16 | below(r, 16);
		break;
	default:
		a->id = ARM64_SYS_REG(2 + below(r, 2), below(r, 8), below(r, 16), below(r, 16),
				      below(r, 8));
		break;
	}
	a->addr = one_in(r, 8) ? fuzz_address(r) : (uintptr_t)value;
	*value = ANY(r, FUZZ_CODE, FUZZ_RAM, 0, ~0ull, 0x3c5, 0x3c9, 0x3c8, 0x10, rnd(r));
	return (uintptr_t)buf;
}

static uint64_t reg_list(struct rng *r, void *buf)
{
	*(uint64_t *)buf = ANY(r, 0, 1, 500, 511, ~0ull);
	return (uintptr_t)buf;
}

static uint64_t signal_mask(struct rng *r, void *buf)
{
	struct kvm_signal_mask *a = buf;

	if (one_in(r, 2))
		return 0;
	memset(buf, 0, 64);
	a->len = one_in(r, 4) ? below(r, 16) : 8;
	/* SIGUSR1 stays open: it is what ends KVM_RUN here. */
	*(uint64_t *)a->sigset = rnd(r) & ~(1ull << 9);
	return (uintptr_t)buf;
}

static uint64_t mp_state(struct rng *r, void *buf)
{
	*(uint32_t *)buf = one_in(r, 2) ? 0 : below(r, 12);
	return (uintptr_t)buf;
}

static uint64_t events(struct rng *r, void *buf)
{
	struct kvm_vcpu_events *a = buf;

	memset(a, 0, sizeof(*a));
	a->exception.serror_pending = below(r, 2);
	a->exception.serror_has_esr = one_in(r, 8);
	a->exception.ext_dabt_pending = below(r, 2);
	return (uintptr_t)buf;
}

static uint64_t guest_debug(struct rng *r, void *buf)
{
	struct kvm_guest_debug *a = buf;

	memset(a, 0, sizeof(*a));
	a->control = ANY(r, 0, KVM_GUESTDBG_ENABLE, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
			 KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP,
			 KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW);
	for (unsigned int i = 0; i < 4; i++) {
		a->arch.dbg_bcr[i] = rnd(r);
		a->arch.dbg_bvr[i] = FUZZ_CODE + below(r, 1024) * 4;
		a->arch.dbg_wcr[i] = rnd(r);
		a->arch.dbg_wvr[i] = FUZZ_RAM + below(r, 1024) * 8;
	}
	return (uintptr_t)buf;
}

static uint64_t counter_offset(struct rng *r, void *buf)
{
	struct kvm_arm_counter_offset *a = buf;

	memset(a, 0, sizeof(*a));
	a->counter_offset = odd_number(r);
	a->reserved = one_in(r, 8);
	return (uintptr_t)buf;
}

/* --- hvk's own ---------------------------------------------------------------------- */

static uint64_t sized(struct rng *r, void *buf)
{
	uint32_t *a = buf;

	a[0] = ANY(r, sizeof(struct hvk_host_info), sizeof(struct hvk_vcpu_stats), 0, 12, 16, 24,
		   ~0u, 4096);
	a[1] = one_in(r, 8);
	return (uintptr_t)buf;
}

static uint64_t vm_para(struct rng *r, void *buf)
{
	struct hvk_vm_para *a = buf;

	a->flags = below(r, 4);
	a->pad = one_in(r, 16);
	return (uintptr_t)buf;
}

static uint64_t bind(struct rng *r, void *buf)
{
	struct hvk_channel_bind *a = buf;
	bool receives = one_in(r, 2);

	a->channel_fd = fuzz_fd(r, one_in(r, 16) ? below(r, NR_KINDS) : CHANNEL);
	/* The guest calls the first few. */
	a->number = one_in(r, 16) ? odd_number(r) : below(r, one_in(r, 2) ? 4 : 64);
	a->role = one_in(r, 16) ? odd_number(r) : receives ? HVK_CHANNEL_RECEIVE : HVK_CHANNEL_SEND;
	a->intid = receives ? 32 + below(r, 300) : 0;
	a->event_fd = receives && one_in(r, 2) ? fuzz_fd(r, EVENT) : -1;
	a->pad = one_in(r, 16);
	return (uintptr_t)buf;
}

/* Never so much of a CPU that this program itself would get none. */
static uint64_t frame(struct rng *r, void *buf)
{
	struct hvk_frame *a = buf;
	uint64_t slice, at = 0;

	memset(a, 0, sizeof(*a));
	a->size = one_in(r, 16) ? odd_number(r) : sizeof(*a);
	a->nr_windows = one_in(r, 16) ? odd_number(r) : 1 + below(r, 4);
	a->major_ns = ANY(r, HVK_FRAME_MIN_NS, 1000000, 10000000);
	slice = a->major_ns / 20;
	for (unsigned int i = 0; i < 8; i++) {
		a->window[i].cpu = one_in(r, 16) ? odd_number(r) : i / 2;
		a->window[i].owner = one_in(r, 16) ? odd_number(r) : below(r, 3);
		at = i % 2 ? at + 4 * slice : 0;
		a->window[i].offset_ns = at;
		a->window[i].length_ns = slice > HVK_WINDOW_MIN_NS ? slice : HVK_WINDOW_MIN_NS;
	}
	return (uintptr_t)buf;
}

static uint64_t frame_start(struct rng *r, void *buf)
{
	*(uint64_t *)buf = one_in(r, 4) ? odd_number(r) : now_ns() + below(r, 5000000);
	return (uintptr_t)buf;
}

static uint64_t vcpu_frame(struct rng *r, void *buf)
{
	struct hvk_vcpu_frame *a = buf;

	a->frame_fd = fuzz_fd(r, one_in(r, 16) ? below(r, NR_KINDS) : FRAME);
	a->owner = one_in(r, 8) ? odd_number(r) : below(r, 3);
	return (uintptr_t)buf;
}

static uint64_t window_stats(struct rng *r, void *buf)
{
	struct hvk_window_stats *a = buf;

	a->index = one_in(r, 8) ? odd_number(r) : below(r, 6);
	a->pad = one_in(r, 16);
	return (uintptr_t)buf;
}

static uint64_t prefault(struct rng *r, void *buf)
{
	struct hvk_prefault *a = buf;

	a->ipa = ANY(r, FUZZ_RAM, FUZZ_CODE, FUZZ_MMIO, 1, ~0xfffull);
	a->size = ANY(r, 0, FUZZ_PAGE, FUZZ_RAM_SIZE, 1, ~0xfffull);
	return (uintptr_t)buf;
}

/* --- the table ----------------------------------------------------------------------- */

#define CALL(cmd, kind, makes, arg)	{ #cmd, cmd, kind, makes, arg, ALL }
#define NEW_CALL(cmd, kind, makes, arg)	{ #cmd, cmd, kind, makes, arg, SOME }

const struct call calls[] = {
	CALL(KVM_GET_API_VERSION, SYSTEM, NOTHING, zero),
	CALL(KVM_CREATE_VM, SYSTEM, VM, vm_type),
	CALL(KVM_CHECK_EXTENSION, SYSTEM, NOTHING, capability),
	CALL(KVM_GET_VCPU_MMAP_SIZE, SYSTEM, NOTHING, zero),
	CALL(HVK_HOST_INFO, SYSTEM, NOTHING, sized),
	CALL(HVK_CREATE_CHANNEL, SYSTEM, CHANNEL, zero),
	{ "HVK_CREATE_FRAME", HVK_CREATE_FRAME, SYSTEM, FRAME, frame, ROOT },

	CALL(KVM_CREATE_VCPU, VM, VCPU, vcpu_id),
	CALL(KVM_CHECK_EXTENSION, VM, NOTHING, capability),
	CALL(KVM_SET_USER_MEMORY_REGION, VM, NOTHING, region),
	CALL(KVM_SET_USER_MEMORY_REGION2, VM, NOTHING, region),
	CALL(KVM_GET_DIRTY_LOG, VM, NOTHING, dirty_log),
	NEW_CALL(KVM_CLEAR_DIRTY_LOG, VM, NOTHING, clear_dirty_log),
	CALL(KVM_ENABLE_CAP, VM, NOTHING, enable_cap),
	CALL(KVM_CREATE_IRQCHIP, VM, NOTHING, zero),
	CALL(KVM_CREATE_DEVICE, VM, NOTHING, create_device),
	CALL(KVM_ARM_SET_DEVICE_ADDR, VM, NOTHING, device_addr),
	CALL(KVM_ARM_PREFERRED_TARGET, VM, NOTHING, NULL),
	CALL(KVM_IRQ_LINE, VM, NOTHING, irq_line),
	CALL(KVM_IRQFD, VM, NOTHING, irqfd),
	CALL(KVM_IOEVENTFD, VM, NOTHING, ioeventfd),
	CALL(KVM_SET_GSI_ROUTING, VM, NOTHING, routing),
	NEW_CALL(KVM_ARM_SET_COUNTER_OFFSET, VM, NOTHING, counter_offset),
	CALL(HVK_VM_PARA, VM, NOTHING, vm_para),
	CALL(HVK_BIND_CHANNEL, VM, NOTHING, bind),
	CALL(HVK_PREFAULT, VM, NOTHING, prefault),

	CALL(KVM_ARM_VCPU_INIT, VCPU, NOTHING, vcpu_init),
	CALL(KVM_GET_ONE_REG, VCPU, NOTHING, one_reg),
	CALL(KVM_SET_ONE_REG, VCPU, NOTHING, one_reg),
	CALL(KVM_SET_ONE_REG, VCPU, NOTHING, one_reg),
	CALL(KVM_GET_REG_LIST, VCPU, NOTHING, reg_list),
	CALL(KVM_SET_SIGNAL_MASK, VCPU, NOTHING, signal_mask),
	CALL(KVM_GET_MP_STATE, VCPU, NOTHING, NULL),
	CALL(KVM_SET_MP_STATE, VCPU, NOTHING, mp_state),
	CALL(KVM_GET_VCPU_EVENTS, VCPU, NOTHING, NULL),
	CALL(KVM_SET_VCPU_EVENTS, VCPU, NOTHING, events),
	NEW_CALL(KVM_SET_GUEST_DEBUG, VCPU, NOTHING, guest_debug),
	CALL(KVM_SET_DEVICE_ATTR, VCPU, NOTHING, vcpu_attribute),
	CALL(KVM_GET_DEVICE_ATTR, VCPU, NOTHING, vcpu_attribute),
	CALL(KVM_HAS_DEVICE_ATTR, VCPU, NOTHING, vcpu_attribute),
	CALL(HVK_VCPU_STATS, VCPU, NOTHING, sized),
	CALL(HVK_VCPU_FRAME, VCPU, NOTHING, vcpu_frame),

	CALL(KVM_SET_DEVICE_ATTR, VGIC, NOTHING, attribute),
	CALL(KVM_GET_DEVICE_ATTR, VGIC, NOTHING, attribute),
	CALL(KVM_HAS_DEVICE_ATTR, VGIC, NOTHING, attribute),

	CALL(HVK_CHANNEL_NOTIFY, CHANNEL, NOTHING, zero),

	CALL(HVK_FRAME_START, FRAME, NOTHING, frame_start),
	CALL(HVK_FRAME_STOP, FRAME, NOTHING, zero),
	CALL(HVK_WINDOW_STATS, FRAME, NOTHING, window_stats),
};

const size_t nr_calls = sizeof(calls) / sizeof(calls[0]);

_Static_assert(sizeof(calls) / sizeof(calls[0]) <= MAX_CALLS, "counters");

/* --- calling -------------------------------------------------------------------------- */

/* Every number of both types, in all directions, of sizes that occur and that do not. */
static unsigned long any_command(struct rng *r)
{
	return _IOC(below(r, 4), one_in(r, 3) ? HVKIO : KVMIO, below(r, 256),
		    one_in(r, 4) ? rnd(r) & _IOC_SIZEMASK :
		    ANY(r, 0, 4, 8, 12, 16, 24, 32, 40, 64, 128, sizeof(struct hvk_frame)));
}

static void fill(struct rng *r, void *buf, size_t size)
{
	for (size_t i = 0; i < size / 8; i++)
		((uint64_t *)buf)[i] = rnd(r);
}

static void spoil(struct rng *r, void *buf)
{
	for (unsigned int n = below(r, 4); n; n--)
		((uint8_t *)buf)[below(r, 64)] = rnd(r);
}

void fuzz_ioctl_on(struct rng *r, int fd)
{
	uint64_t buf[BUFFER_SIZE / 8];
	const struct call *c = &calls[below(r, nr_calls)];
	uint64_t arg = c->arg ? c->arg(r, buf) : (uintptr_t)buf;

	ioctl(fd, one_in(r, 4) ? any_command(r) : c->cmd, arg);
}

void fuzz_ioctl(struct rng *r, struct call_count *counts)
{
	uint64_t buf[BUFFER_SIZE / 8];
	unsigned int n = below(r, nr_calls);
	const struct call *c = &calls[n];
	unsigned long cmd = c->cmd;
	enum kind kind = c->kind;
	uint64_t arg;
	int fd, ret;

	fill(r, buf, 256);
	arg = c->arg ? c->arg(r, buf) : (uintptr_t)buf;
	/* After which a pointer may point anywhere: also at this thread's stack. */
	if (one_in(r, 8))
		spoil(r, buf);
	if (one_in(r, 16))
		arg = fuzz_address(r);
	if (one_in(r, 16))
		cmd = any_command(r);
	if (one_in(r, 16))
		kind = below(r, NR_KINDS);
	fd = fuzz_fd(r, kind);
	ret = ioctl(fd, cmd, arg);
	if (cmd != c->cmd || kind != c->kind)
		return;
	atomic_fetch_add(ret < 0 ? &counts[n].failed : &counts[n].worked, 1);
	if (ret >= 0 && c->makes != NOTHING)
		fuzz_keep(r, c->makes, ret);
	if (ret >= 0 && cmd == KVM_CREATE_DEVICE && arg == (uintptr_t)buf) {
		const struct kvm_create_device *device = (const void *)buf;

		if (!(device->flags & KVM_CREATE_DEVICE_TEST))
			fuzz_keep(r, VGIC, device->fd);
	}
}
