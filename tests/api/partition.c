// SPDX-License-Identifier: GPL-2.0-only
/*
 * partition - hvk's own calls: hypercalls, event channels, the cyclic schedule,
 * counters, prefaulting.
 *
 *   partition DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"

#define GICD	0x08000000ull
#define GICC	0x08010000ull
#define RAM	0x40000000ull
#define BLOCK	(2ull << 20)
#define SIZE	(2 * BLOCK)
#define INTID	(HVK_PARA_EVENT_INTID + 5)
#define MS	1000000ull

static int try(int fd, unsigned long request, const void *arg)
{
	return ioctl(fd, request, arg) < 0 ? errno : 0;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* A VM with hypercalls and an interrupt controller. */
static void open_para(struct vm *vm, uint32_t flags)
{
	struct hvk_vm_para para = { .flags = flags };

	vm->fd = ioctl(system_fd, KVM_CREATE_VM, 0);
	if (vm->fd < 0 || ioctl(vm->fd, HVK_VM_PARA, &para))
		die("HVK_VM_PARA");
	vm_open_vcpu(vm, system_fd);
	close(vm_gic(vm, GICD, GICC));
}

/* x0 of a call with up to three arguments. */
static uint64_t call(struct vm *vm, uint64_t fn, uint64_t a, uint64_t b,
		     uint64_t *x1)
{
	uint64_t x[4] = { fn, a, b, 0 };
	struct result r = vm_hvc(vm, x);

	if (r.how != DONE)
		return 0xbad;
	if (x1)
		*x1 = x[1];
	return x[0];
}

/* --- hypercalls --------------------------------------------------------------- */

static bool found(void)
{
	uint64_t uid[4] = { HVK_PARA_UID }, rev[4] = { HVK_PARA_REVISION };
	uint64_t features;
	struct vm vm;

	vm_open(&vm, system_fd);
	EXPECT(vm_hvc(&vm, uid), DONE, HVK_PARA_UID_0);
	CHECK(uid[1] == HVK_PARA_UID_1 && uid[2] == HVK_PARA_UID_2 &&
	      uid[3] == HVK_PARA_UID_3);
	EXPECT(vm_hvc(&vm, rev), DONE, HVK_PARA_MAJOR);
	CHECK(rev[1] == HVK_PARA_MINOR);
	CHECK(!call(&vm, HVK_PARA_FEATURES, 0, 0, &features));
	/* Those about time alone. */
	CHECK(features == (1 << 0 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 |
			   1 << 14));
	CHECK(call(&vm, HVK_PARA_HALT, 0, 0, NULL) == (uint64_t)HVK_PARA_ENOSUP);
	CHECK(call(&vm, HVK_PARA_EVENT_NOTIFY, 0, 0, NULL) ==
	      (uint64_t)HVK_PARA_ENOSUP);
	CHECK(call(&vm, HVK_PARA_WINDOW, 0, 0, NULL) == (uint64_t)HVK_PARA_ENOENT);
	vm_close(&vm);

	open_para(&vm, HVK_PARA_TO_VMM);
	CHECK(!call(&vm, HVK_PARA_FEATURES, 0, 0, &features));
	CHECK(features == (1 << 18) - 1);
	CHECK(call(&vm, HVK_PARA_FN_BASE + 18, 0, 0, NULL) ==
	      (uint64_t)HVK_PARA_ENOSUP);
	CHECK(call(&vm, HVK_PARA_FN_BASE - 1, 0, 0, NULL) ==
	      (uint64_t)HVK_PARA_ENOSUP);
	vm_close(&vm);
	return true;
}

/* What goes to the VMM comes back with its answer in x0 to x3. */
static bool to_vmm(void)
{
	uint64_t x[4] = { HVK_PARA_CONSOLE_WRITE, 11, 22, 33 };
	struct result r;
	struct vm vm;

	open_para(&vm, HVK_PARA_TO_VMM);
	r = vm_hvc(&vm, x);
	CHECK(r.how == OTHER && r.value == KVM_EXIT_HYPERCALL);
	CHECK(vm.run->hypercall.nr == HVK_PARA_CONSOLE_WRITE);
	CHECK(vm.run->hypercall.args[0] == 11 && vm.run->hypercall.args[1] == 22 &&
	      vm.run->hypercall.args[2] == 33);
	CHECK(vm.run->hypercall.ret == (uint64_t)HVK_PARA_ENOSUP);
	vm.run->hypercall.ret = 5;
	vm.run->hypercall.args[0] = 6;
	vm.run->hypercall.args[2] = 7;
	/* The store behind the HVC says x0. */
	CHECK(!ioctl(vm.vcpu, KVM_RUN, 0));
	CHECK(vm.run->exit_reason == KVM_EXIT_MMIO);
	CHECK(*(uint64_t *)vm.run->mmio.data == 5);
	vm_close(&vm);
	return true;
}

static bool enabling(void)
{
	struct hvk_vm_para para = { .flags = 4 };
	struct vm vm;

	vm_open(&vm, system_fd);
	ERRNO(try(vm.fd, HVK_VM_PARA, &para), EINVAL);
	para = (struct hvk_vm_para){ .pad = 1 };
	ERRNO(try(vm.fd, HVK_VM_PARA, &para), EINVAL);
	para = (struct hvk_vm_para){ .flags = HVK_PARA_TO_VMM };
	ERRNO(try(vm.fd, HVK_VM_PARA, &para), EBUSY);
	ERRNO(try(vm.fd, HVK_VM_PARA, (void *)8), EFAULT);
	vm_close(&vm);
	return true;
}

static bool time_calls(void)
{
	uint64_t before, after, left;
	struct vm vm;

	open_para(&vm, 0);
	CHECK(!call(&vm, HVK_PARA_TIME_NOW, 0, 0, &before));
	/* Nothing is pending: the deadline ends it, not before its time. */
	CHECK(call(&vm, HVK_PARA_WAIT, before + 20 * MS, 0, NULL) ==
	      (uint64_t)HVK_PARA_ETIMEDOUT);
	CHECK(!call(&vm, HVK_PARA_TIME_NOW, 0, 0, &after));
	CHECK(after - before >= 20 * MS);
	/* In the past. */
	CHECK(call(&vm, HVK_PARA_WAIT, before, 0, NULL) ==
	      (uint64_t)HVK_PARA_ETIMEDOUT);
	/* A timer that is cancelled was still to come, once. */
	CHECK(!call(&vm, HVK_PARA_TIMER_SET, after + 1000000 * MS, 0, NULL));
	CHECK(!call(&vm, HVK_PARA_TIMER_CANCEL, 0, 0, &left) && left == 1);
	CHECK(!call(&vm, HVK_PARA_TIMER_CANCEL, 0, 0, &left) && left == 0);
	CHECK(!call(&vm, HVK_PARA_TIMER_SET, ~0ull, 0, NULL));
	CHECK(!call(&vm, HVK_PARA_TIMER_SET, 0, 0, NULL));
	CHECK(!call(&vm, HVK_PARA_YIELD, 0, 0, NULL));
	vm_close(&vm);

	/* Without an interrupt controller there is no timer. */
	vm_open(&vm, system_fd);
	CHECK(call(&vm, HVK_PARA_TIMER_SET, 0, 0, NULL) ==
	      (uint64_t)HVK_PARA_ENOSUP);
	vm_close(&vm);
	return true;
}

/* The PPI pends, and that ends a WAIT. */
static bool timer_fires(void)
{
	uint64_t before;
	struct vm vm;

	open_para(&vm, 0);
	vm_store32(&vm, GICD, 1);
	vm_store32(&vm, GICC, 1);
	vm_store32(&vm, GICC + 4, 0xff);
	vm_store32(&vm, GICD + 0x100, 1u << HVK_PARA_TIMER_INTID);
	CHECK(!call(&vm, HVK_PARA_TIME_NOW, 0, 0, &before));
	CHECK(!call(&vm, HVK_PARA_TIMER_SET, before + 10 * MS, 0, NULL));
	CHECK(!call(&vm, HVK_PARA_WAIT, before + 10000 * MS, 0, NULL));
	EXPECT(vm_load32(&vm, GICC + 0xc), DONE, HVK_PARA_TIMER_INTID);
	vm_store32(&vm, GICC + 0x10, HVK_PARA_TIMER_INTID);
	/* Once. */
	EXPECT(vm_load32(&vm, GICC + 0xc), DONE, 1023);
	vm_close(&vm);
	return true;
}

/* --- channels ----------------------------------------------------------------- */

static int bind(struct vm *vm, int channel, uint32_t number, uint32_t role,
		uint32_t intid, int event)
{
	struct hvk_channel_bind args = { .channel_fd = channel, .number = number,
		.role = role, .intid = intid, .event_fd = event };

	return try(vm->fd, HVK_BIND_CHANNEL, &args);
}

static bool bindings(void)
{
	int channel = ioctl(system_fd, HVK_CREATE_CHANNEL, 0);
	const struct {
		int fd;
		uint32_t number, role, intid;
		int event, err;
	} tries[] = {
		{ -1, 0, HVK_CHANNEL_SEND, 0, -1, EBADF },
		{ system_fd, 0, HVK_CHANNEL_SEND, 0, -1, EINVAL },
		{ channel, 64, HVK_CHANNEL_SEND, 0, -1, EINVAL },
		{ channel, ~0u, HVK_CHANNEL_SEND, 0, -1, EINVAL },
		{ channel, 0, 0, 0, -1, EINVAL },
		{ channel, 0, 3, INTID, -1, EINVAL },
		{ channel, 0, HVK_CHANNEL_SEND, INTID, -1, EINVAL },
		{ channel, 0, HVK_CHANNEL_SEND, 0, channel, EINVAL },
		{ channel, 0, HVK_CHANNEL_RECEIVE, 31, -1, EINVAL },
		{ channel, 0, HVK_CHANNEL_RECEIVE, 1020, -1, EINVAL },
		{ channel, 0, HVK_CHANNEL_RECEIVE, INTID, channel, EINVAL },
		{ channel, 0, HVK_CHANNEL_RECEIVE, INTID, 999, EBADF },
		{ channel, 5, HVK_CHANNEL_RECEIVE, INTID, -1, 0 },
		{ channel, 5, HVK_CHANNEL_SEND, 0, -1, EEXIST },
		{ channel, 6, HVK_CHANNEL_RECEIVE, INTID, -1, EBUSY },
		{ channel, 6, HVK_CHANNEL_SEND, 0, -1, 0 },
	};
	struct vm vm;

	CHECK(channel >= 0);
	ERRNO(try(system_fd, HVK_CREATE_CHANNEL, (void *)1), EINVAL);
	open_para(&vm, HVK_PARA_TO_VMM);
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		int err = bind(&vm, tries[i].fd, tries[i].number, tries[i].role,
			       tries[i].intid, tries[i].event);

		if (err != tries[i].err)
			return fail("try %zu: %s", i, strerror(err));
	}
	ERRNO(try(channel, KVM_RUN, NULL), EINVAL);
	vm_close(&vm);

	vm_open(&vm, system_fd);
	ERRNO(bind(&vm, channel, 0, HVK_CHANNEL_RECEIVE, INTID, -1), ENODEV);
	vm_close(&vm);
	close(channel);
	return true;
}

/* The receiver's distributor, as its guest sees it. */
static bool is_pending(struct vm *vm)
{
	return vm_load32(vm, GICD + 0x200 + INTID / 32 * 4).value >>
	       (INTID % 32) & 1;
}

static bool events(void)
{
	int channel = ioctl(system_fd, HVK_CREATE_CHANNEL, 0);
	int event = eventfd(0, EFD_NONBLOCK);
	struct vm from, to;
	uint64_t taken, count;

	open_para(&from, HVK_PARA_TO_VMM);
	open_para(&to, HVK_PARA_TO_VMM);
	ERRNO(bind(&from, channel, 5, HVK_CHANNEL_SEND, 0, -1), 0);
	/* Before there is a receiver: kept for it. */
	CHECK(!call(&from, HVK_PARA_EVENT_NOTIFY, 5, 0, NULL));
	ERRNO(bind(&to, channel, 5, HVK_CHANNEL_RECEIVE, INTID, event), 0);
	CHECK(is_pending(&to));
	CHECK(read(event, &count, 8) == 8 && count == 1);
	CHECK(!call(&to, HVK_PARA_EVENT_PENDING, 0, 0, &taken) && !taken);
	CHECK(!call(&to, HVK_PARA_EVENT_PENDING, ~0ull, 0, &taken));
	CHECK(taken == 1ull << 5);
	CHECK(!call(&to, HVK_PARA_EVENT_PENDING, ~0ull, 0, &taken) && !taken);
	vm_store32(&to, GICD + 0x280 + INTID / 32 * 4, 1u << INTID % 32);
	CHECK(!is_pending(&to));

	/* Several are one; a WAIT ends at once. */
	CHECK(!call(&from, HVK_PARA_EVENT_NOTIFY, 5, 0, NULL));
	CHECK(!try(channel, HVK_CHANNEL_NOTIFY, NULL));
	CHECK(!call(&to, HVK_PARA_WAIT, HVK_PARA_FOREVER, 0, NULL));
	CHECK(read(event, &count, 8) == 8 && count == 2);
	CHECK(!call(&to, HVK_PARA_EVENT_PENDING, 1ull << 5, 0, &taken) && taken);
	vm_store32(&to, GICD + 0x280 + INTID / 32 * 4, 1u << INTID % 32);

	/* Masked: it pends without an interrupt, which unmasking raises. */
	CHECK(!call(&to, HVK_PARA_EVENT_MASK, 5, 1, NULL));
	CHECK(!call(&from, HVK_PARA_EVENT_NOTIFY, 5, 0, NULL));
	CHECK(!is_pending(&to));
	CHECK(!call(&to, HVK_PARA_EVENT_MASK, 5, 0, NULL));
	CHECK(is_pending(&to));

	/* What was not granted. */
	CHECK(call(&to, HVK_PARA_EVENT_NOTIFY, 5, 0, NULL) ==
	      (uint64_t)HVK_PARA_EDENIED);
	CHECK(call(&from, HVK_PARA_EVENT_MASK, 5, 1, NULL) ==
	      (uint64_t)HVK_PARA_EDENIED);
	CHECK(call(&from, HVK_PARA_EVENT_NOTIFY, 6, 0, NULL) ==
	      (uint64_t)HVK_PARA_EDENIED);
	CHECK(call(&from, HVK_PARA_EVENT_NOTIFY, ~0ull, 0, NULL) ==
	      (uint64_t)HVK_PARA_EDENIED);
	CHECK(call(&to, HVK_PARA_EVENT_MASK, 5, 2, NULL) ==
	      (uint64_t)HVK_PARA_EINVAL);

	/* The receiver dies; the next one gets what came in between. */
	vm_close(&to);
	CHECK(!call(&from, HVK_PARA_EVENT_NOTIFY, 5, 0, NULL));
	open_para(&to, HVK_PARA_TO_VMM);
	ERRNO(bind(&to, channel, 5, HVK_CHANNEL_RECEIVE, INTID, -1), 0);
	CHECK(is_pending(&to));
	vm_close(&to);
	vm_close(&from);
	close(channel);
	close(event);
	return true;
}

static atomic_bool stop;

static void *notifier(void *channel)
{
	while (!atomic_load(&stop))
		ioctl(*(int *)channel, HVK_CHANNEL_NOTIFY, 0);
	return NULL;
}

/* Notified without a pause while receivers come and go. */
static bool event_race(void)
{
	int channel = ioctl(system_fd, HVK_CREATE_CHANNEL, 0);
	uint64_t end = now_ns() + 1000 * MS;
	pthread_t thread;
	struct vm vm;
	int err = 0;

	atomic_store(&stop, false);
	pthread_create(&thread, NULL, notifier, &channel);
	while (now_ns() < end && !err) {
		open_para(&vm, HVK_PARA_TO_VMM);
		err = bind(&vm, channel, 5, HVK_CHANNEL_RECEIVE, INTID, -1);
		vm_load32(&vm, GICD);
		vm_close(&vm);
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	close(channel);
	ERRNO(err, 0);
	return true;
}

/* --- counters and memory ------------------------------------------------------- */

static struct hvk_vcpu_stats stats_of(struct vm *vm)
{
	struct hvk_vcpu_stats stats = { .size = sizeof(stats) };

	if (ioctl(vm->vcpu, HVK_VCPU_STATS, &stats))
		die("HVK_VCPU_STATS");
	return stats;
}

static bool counters(void)
{
	struct hvk_vcpu_stats before, after, bad = { .size = 8 };
	struct vm vm;

	open_para(&vm, 0);
	ERRNO(try(vm.vcpu, HVK_VCPU_STATS, &bad), EINVAL);
	bad = (struct hvk_vcpu_stats){ .size = sizeof(bad), .pad = 1 };
	ERRNO(try(vm.vcpu, HVK_VCPU_STATS, &bad), EINVAL);
	ERRNO(try(vm.vcpu, HVK_VCPU_STATS, (void *)8), EFAULT);

	vm_load32(&vm, GICD);
	before = stats_of(&vm);
	for (int i = 0; i < 10; i++)
		vm_load32(&vm, GICD);
	after = stats_of(&vm);
	/* Each step also ends by a store to the VMM. */
	CHECK(after.exits[HVK_STAT_MMIO_KERNEL] -
	      before.exits[HVK_STAT_MMIO_KERNEL] == 10);
	CHECK(after.exits[HVK_STAT_MMIO_USER] -
	      before.exits[HVK_STAT_MMIO_USER] == 10);
	CHECK(after.guest_ns > before.guest_ns);
	call(&vm, HVK_PARA_FEATURES, 0, 0, NULL);
	CHECK(stats_of(&vm).exits[HVK_STAT_HVC] == before.exits[HVK_STAT_HVC] + 1);

	/* A caller that knows less is told less. */
	bad = (struct hvk_vcpu_stats){ .size = 24 };
	CHECK(!try(vm.vcpu, HVK_VCPU_STATS, &bad));
	CHECK(bad.exits[0] >= after.exits[0] && !bad.exits[HVK_STAT_MMIO_USER]);
	vm_close(&vm);
	return true;
}

/* Nothing of what was prefaulted faults any more, whatever touches it. */
static bool prefault(void)
{
	struct hvk_prefault all = { .ipa = RAM, .size = SIZE };
	const struct {
		uint64_t ipa, size;
		int err;
	} tries[] = {
		{ RAM + 1, 4096, EINVAL },
		{ RAM, 1, EINVAL },
		{ ~0xfffull, 8192, EINVAL },
		{ RAM - 4096, 4096, ENOENT },
		{ RAM, SIZE + 4096, ENOENT },
		{ RAM, 0, 0 },
	};
	uint64_t before;
	uint32_t *mem;
	struct vm vm;

	open_para(&vm, HVK_PARA_LOCKED);
	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mem[BLOCK / 4] = 0xd65f03c0;	/* RET */
	vm_slot(&vm, 1, 0, RAM, SIZE, mem);
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct hvk_prefault args = { tries[i].ipa, tries[i].size };
		int err = try(vm.fd, HVK_PREFAULT, &args);

		if (err != tries[i].err)
			return fail("try %zu: %s", i, strerror(err));
	}
	ERRNO(try(vm.fd, HVK_PREFAULT, &all), 0);
	CHECK(all.ipa == RAM + SIZE && !all.size);
	vm_load32(&vm, GICD);
	before = stats_of(&vm).exits[HVK_STAT_MEMORY];
	EXPECT(vm_call(&vm, RAM + BLOCK), DONE, 0);
	EXPECT(vm_churn(&vm, RAM, SIZE / 4096, 1), DONE, 0);
	/* The steps' own code may fault. */
	CHECK(stats_of(&vm).exits[HVK_STAT_MEMORY] - before <= 2);
	vm_close(&vm);
	munmap(mem, SIZE);
	return true;
}

/* --- the schedule ---------------------------------------------------------------- */

static int create_frame(struct hvk_frame *frame)
{
	frame->size = sizeof(*frame);
	return ioctl(system_fd, HVK_CREATE_FRAME, frame);
}

static bool frame_arguments(void)
{
	static const struct {
		uint64_t major;
		uint32_t nr;
		struct hvk_window w[2];
		int err;
	} tries[] = {
		{ MS, 0, {}, EINVAL },
		{ MS, 65, {}, EINVAL },
		{ 99999, 1, { { 0, 0, 0, 50000 } }, EINVAL },
		{ HVK_FRAME_MAX_NS + 1, 1, { { 0, 0, 0, 50000 } }, EINVAL },
		{ MS, 1, { { 0, 0, 0, 19999 } }, EINVAL },
		{ MS, 1, { { 0, 64, 0, 50000 } }, EINVAL },
		{ MS, 1, { { 4096, 0, 0, 50000 } }, ENODEV },
		{ MS, 1, { { 0, 0, 960000, 50000 } }, EINVAL },
		{ MS, 1, { { 0, 0, ~0ull, 50000 } }, EINVAL },
		{ MS, 1, { { 0, 0, 50000, ~0ull } }, EINVAL },
		{ MS, 2, { { 0, 0, 0, 50000 }, { 0, 1, 49999, 50000 } }, EINVAL },
		{ MS, 2, { { 0, 0, 50000, 50000 }, { 0, 1, 0, 50000 } }, EINVAL },
		{ MS, 2, { { 1, 0, 0, 50000 }, { 0, 1, 0, 50000 } }, EINVAL },
		{ MS, 2, { { 0, 0, 0, 50000 }, { 0, 1, 50000, 50000 } }, 0 },
	};
	struct hvk_window_stats stats = { .index = 2 };
	struct hvk_frame_start start = { ~0ull };
	struct hvk_trace record;
	int first = -1;

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct hvk_frame frame = { .nr_windows = tries[i].nr,
					   .major_ns = tries[i].major };
		int fd;

		memcpy(frame.window, tries[i].w, sizeof(tries[i].w));
		fd = create_frame(&frame);
		if ((fd < 0 ? errno : 0) != tries[i].err)
			return fail("try %zu: %s", i, strerror(errno));
		if (fd < 0)
			continue;
		first = fd;
		/* Its CPU is taken. */
		CHECK(create_frame(&frame) < 0 && errno == EBUSY);
		frame.size = 8;
		ERRNO(try(system_fd, HVK_CREATE_FRAME, &frame), EINVAL);
	}
	ERRNO(try(first, HVK_WINDOW_STATS, &stats), EINVAL);
	stats = (struct hvk_window_stats){ .pad = 1 };
	ERRNO(try(first, HVK_WINDOW_STATS, &stats), EINVAL);
	ERRNO(try(first, HVK_FRAME_START, &start), EINVAL);
	ERRNO(try(first, HVK_FRAME_START, (void *)8), EFAULT);
	CHECK(read(first, &record, sizeof(record)) < 0 && errno == EAGAIN);
	CHECK(read(first, &record, 1) < 0 && errno == EINVAL);
	start.start_ns = 0;
	ERRNO(try(first, HVK_FRAME_START, &start), 0);
	ERRNO(try(first, HVK_FRAME_START, &start), EBUSY);
	ERRNO(try(first, HVK_FRAME_STOP, NULL), 0);
	ERRNO(try(first, HVK_FRAME_STOP, NULL), 0);
	close(first);
	return true;
}

static void bind_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

static int join(struct vm *vm, int frame, uint32_t owner)
{
	struct hvk_vcpu_frame args = { .frame_fd = frame, .owner = owner };

	return try(vm->vcpu, HVK_VCPU_FRAME, &args);
}

/* Who may join, and from which thread it then runs. */
static bool places(void)
{
	struct hvk_frame frame = { .major_ns = 500 * MS, .nr_windows = 1,
				   .window = { { 0, 3, 0, 499 * MS } } };
	struct hvk_frame_start start = {};
	struct sched_param param;
	struct vm vm, second;
	cpu_set_t all;
	int fd = create_frame(&frame);

	CHECK(fd >= 0);
	sched_getaffinity(0, sizeof(all), &all);
	open_para(&vm, 0);
	open_para(&second, 0);
	ERRNO(join(&vm, -1, 3), EBADF);
	ERRNO(join(&vm, system_fd, 3), EINVAL);
	ERRNO(join(&vm, fd, 64), EINVAL);
	ERRNO(join(&vm, fd, 3), 0);
	ERRNO(join(&vm, fd, 3), EBUSY);
	ERRNO(join(&second, fd, 3), 0);

	ERRNO(try(fd, HVK_FRAME_START, &start), 0);
	if (CPU_COUNT(&all) > 1)
		EXPECT(vm_load32(&vm, GICD), ERROR, EINVAL);
	bind_to(0);
	EXPECT(vm_load32(&vm, GICD), DONE, 0);
	CHECK(sched_getscheduler(0) == SCHED_OTHER && !sched_getparam(0, &param));
	/* Its windows are somebody's. */
	EXPECT(vm_load32(&second, GICD), ERROR, EBUSY);
	/* Its successor may come within the same window. */
	vm_close(&vm);
	EXPECT(vm_load32(&second, GICD), DONE, 0);
	/* The schedule goes: nothing runs in it any more. */
	close(fd);
	EXPECT(vm_load32(&second, GICD), ERROR, ENODEV);
	vm_close(&second);
	sched_setaffinity(0, sizeof(all), &all);
	return true;
}

static void on_alarm(int number)
{
	(void)number;	/* that KVM_RUN is interrupted is all */
}

/*
 * A guest that never ends: in its windows, nowhere else; cut at each one's end.
 * Stopped, it waits, and a signal gets it out.
 */
static bool windows(void)
{
	/* Long windows: the machine below may be busy with something else. */
	struct hvk_frame frame = { .major_ns = 50 * MS, .nr_windows = 2, .window = {
					   { 0, 1, 10 * MS, 20 * MS },
					   { 0, 2, 30 * MS, 10 * MS } } };
	struct hvk_window_stats stats = {}, other = { .index = 1 };
	struct itimerspec soon = { .it_value = { .tv_nsec = 900 * MS } };
	struct sigaction action = { .sa_handler = on_alarm };
	struct hvk_frame_start start;
	struct hvk_trace record, last = {};
	unsigned int starts = 0, entries = 0;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	cpu_set_t all;
	timer_t timer;
	uint32_t *mem;
	struct vm vm;
	int fd = create_frame(&frame);

	CHECK(fd >= 0);
	sched_getaffinity(0, sizeof(all), &all);
	bind_to(0);
	open_para(&vm, 0);
	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mem[0] = 0x14000000;		/* B . */
	vm_slot(&vm, 1, 0, RAM, SIZE, mem);
	ERRNO(join(&vm, fd, 1), 0);
	sigaction(SIGALRM, &action, NULL);
	timer_create(CLOCK_MONOTONIC, &event, &timer);

	/* Before its start there is no window. */
	timer_settime(timer, 0, &soon, NULL);
	EXPECT(vm_call(&vm, RAM), ERROR, EINTR);
	ERRNO(try(fd, HVK_WINDOW_STATS, &stats), 0);
	CHECK(!stats.runs);

	start.start_ns = now_ns() + 20 * MS;
	ERRNO(try(fd, HVK_FRAME_START, &start), 0);
	timer_settime(timer, 0, &soon, NULL);
	EXPECT(vm_call(&vm, RAM), ERROR, EINTR);
	ERRNO(try(fd, HVK_FRAME_STOP, NULL), 0);
	ERRNO(try(fd, HVK_WINDOW_STATS, &stats), 0);
	ERRNO(try(fd, HVK_WINDOW_STATS, &other), 0);
	if (stats.runs < 4 || stats.runs > 19)
		return fail("%llu runs", (unsigned long long)stats.runs);
	CHECK(!other.runs && !other.guest_ns);
	CHECK(stats.cuts + 1 >= stats.runs);
	CHECK(stats.guest_ns <= stats.runs * (20 * MS + stats.end_max_ns));
	CHECK(stats.guest_ns > stats.runs * MS);
	while (read(fd, &record, sizeof(record)) == sizeof(record)) {
		CHECK(record.ns >= last.ns && !record.cpu && !record.lost);
		starts += record.event == HVK_TRACE_WINDOW_START;
		if (record.event == HVK_TRACE_ENTER) {
			uint64_t at = (record.ns - start.start_ns) % frame.major_ns;

			CHECK(at >= 10 * MS && at < 30 * MS);
			CHECK(!record.window);
			entries++;
		}
		last = record;
	}
	CHECK(entries == stats.runs && starts >= entries);

	timer_delete(timer);
	vm_close(&vm);
	munmap(mem, SIZE);
	close(fd);
	sched_setaffinity(0, sizeof(all), &all);
	return true;
}

static void *stopper(void *schedule)
{
	struct hvk_frame_start at_once = {};
	unsigned int seed = 1;

	while (!atomic_load(&stop)) {
		uint64_t end;

		ioctl(*(int *)schedule, HVK_FRAME_START, &at_once);
		end = now_ns() + 2 * MS + rand_r(&seed) % MS;
		while (now_ns() < end)
			;	/* a sleep would end at the same moments again */
		ioctl(*(int *)schedule, HVK_FRAME_STOP, 0);
	}
	ioctl(*(int *)schedule, HVK_FRAME_START, &at_once);
	return NULL;
}

/* Stopped by another CPU at any moment of a vCPU's entry. */
static bool stops(void)
{
	struct hvk_frame frame = { .major_ns = 20 * MS, .nr_windows = 1,
				   .window = { { 0, 1, 0, 20 * MS } } };
	uint64_t end = now_ns() + 1500 * MS;
	struct hvk_window_stats stats = {};
	int fd = create_frame(&frame);
	struct result r;
	pthread_t thread;
	cpu_set_t all;
	struct vm vm;

	CHECK(fd >= 0);
	sched_getaffinity(0, sizeof(all), &all);
	open_para(&vm, 0);
	ERRNO(join(&vm, fd, 1), 0);
	atomic_store(&stop, false);
	pthread_create(&thread, NULL, stopper, &fd);
	bind_to(0);
	do {
		r = vm_load32(&vm, GICD);
	} while (r.how == DONE && now_ns() < end);
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	EXPECT(r, DONE, 0);
	EXPECT(vm_load32(&vm, GICD), DONE, 0);
	ERRNO(try(fd, HVK_WINDOW_STATS, &stats), 0);
	if (stats.runs < 10)
		return fail("%llu runs", (unsigned long long)stats.runs);
	vm_close(&vm);
	close(fd);
	sched_setaffinity(0, sizeof(all), &all);
	return true;
}

static const struct test tests[] = {
	{ "found", found },
	{ "to-vmm", to_vmm },
	{ "enabling", enabling },
	{ "time-calls", time_calls },
	{ "timer-fires", timer_fires },
	{ "bindings", bindings },
	{ "events", events },
	{ "event-race", event_race },
	{ "counters", counters },
	{ "prefault", prefault },
	{ "frame-arguments", frame_arguments },
	{ "places", places },
	{ "windows", windows },
	{ "stops", stops },
};

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  NULL, NULL);
}
