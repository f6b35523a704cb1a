// SPDX-License-Identifier: GPL-2.0-only
/*
 * partition - hvk's own calls: hypercalls, event channels, counters, prefaulting.
 *
 *   partition DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "para.h"

#define INTID	(HVK_PARA_EVENT_INTID + 5)

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
	CHECK(is_pending(&to, INTID));
	CHECK(read(event, &count, 8) == 8 && count == 1);
	CHECK(!call(&to, HVK_PARA_EVENT_PENDING, 0, 0, &taken) && !taken);
	CHECK(!call(&to, HVK_PARA_EVENT_PENDING, ~0ull, 0, &taken));
	CHECK(taken == 1ull << 5);
	CHECK(!call(&to, HVK_PARA_EVENT_PENDING, ~0ull, 0, &taken) && !taken);
	vm_store32(&to, GICD + 0x280 + INTID / 32 * 4, 1u << INTID % 32);
	CHECK(!is_pending(&to, INTID));

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
	CHECK(!is_pending(&to, INTID));
	CHECK(!call(&to, HVK_PARA_EVENT_MASK, 5, 0, NULL));
	CHECK(is_pending(&to, INTID));

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
	CHECK(is_pending(&to, INTID));
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
	for (int i = 0; i < 10; i++) {
		vm_load32(&vm, GICD);			/* EL2's own answer */
		vm_load32(&vm, GICD_ISPENDR(0));	/* the module's */
	}
	after = stats_of(&vm);
	/* Each step also ends by a store to the VMM. */
	CHECK(after.exits[HVK_STAT_FAST] - before.exits[HVK_STAT_FAST] == 10);
	CHECK(after.exits[HVK_STAT_MMIO_KERNEL] -
	      before.exits[HVK_STAT_MMIO_KERNEL] == 10);
	CHECK(after.exits[HVK_STAT_MMIO_USER] -
	      before.exits[HVK_STAT_MMIO_USER] == 20);
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

/* --- calls that fail ----------------------------------------------------------- */

/*
 * A device whose fd is not to be had, or could not be told of: there is none, and
 * it can be made afterwards.
 */
static bool failed_device(void)
{
	struct kvm_create_device *told, args = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	struct rlimit limit, none = {};
	int before, after;
	struct vm vm;

	vm_open(&vm, system_fd);
	told = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*told = args;
	CHECK(!mprotect(told, 4096, PROT_READ));
	before = dup(system_fd);
	close(before);
	ERRNO(try(vm.fd, KVM_CREATE_DEVICE, told), EFAULT);
	CHECK(!getrlimit(RLIMIT_NOFILE, &limit));
	none.rlim_max = limit.rlim_max;
	CHECK(!setrlimit(RLIMIT_NOFILE, &none));
	after = try(vm.fd, KVM_CREATE_DEVICE, &args);
	CHECK(!setrlimit(RLIMIT_NOFILE, &limit));
	ERRNO(after, EMFILE);
	after = dup(system_fd);
	close(after);
	CHECK(after == before);
	ERRNO(try(vm.fd, KVM_CREATE_DEVICE, &args), 0);
	ERRNO(try(vm.fd, KVM_CREATE_DEVICE, &args), EEXIST);
	munmap(told, 4096);
	vm_close(&vm);
	return true;
}

/* What the first RUN fixes may still be set if it failed: the timers had one PPI. */
static bool failed_run(void)
{
	uint64_t services = 0;
	struct kvm_one_reg reg = { .id = KVM_REG_ARM_STD_BMAP, .addr = (uintptr_t)&services };
	uint32_t intid = 27;
	struct kvm_device_attr attr = {
		.group = KVM_ARM_VCPU_TIMER_CTRL, .attr = KVM_ARM_VCPU_TIMER_IRQ_PTIMER,
		.addr = (uintptr_t)&intid,
	};
	struct vm vm;

	open_para(&vm, 0);
	ERRNO(try(vm.vcpu, KVM_SET_DEVICE_ATTR, &attr), 0);
	EXPECT(vm_load32(&vm, GICD_CTLR), ERROR, EINVAL);
	ERRNO(try(vm.vcpu, KVM_SET_ONE_REG, &reg), 0);
	intid = 30;
	ERRNO(try(vm.vcpu, KVM_SET_DEVICE_ATTR, &attr), 0);
	EXPECT(vm_load32(&vm, GICD_CTLR), DONE, 0);
	ERRNO(try(vm.vcpu, KVM_SET_DEVICE_ATTR, &attr), EBUSY);
	services = 1;
	ERRNO(try(vm.vcpu, KVM_SET_ONE_REG, &reg), EBUSY);
	vm_close(&vm);
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
	{ "failed-device", failed_device },
	{ "failed-run", failed_run },
};

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  NULL, NULL);
}
