// SPDX-License-Identifier: GPL-2.0-only
/*
 * schedule - the cyclic schedule: what it refuses, who runs in it, when, and how
 * it stops.
 *
 *   schedule DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "para.h"

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
	/* Its windows are somebody's. */
	EXPECT(vm_load32(&second, GICD), ERROR, EBUSY);
	/* Its successor may come within the same window. */
	vm_close(&vm);
	EXPECT(vm_load32(&second, GICD), DONE, 0);
	/* The schedule goes: nothing runs in it any more. */
	close(fd);
	EXPECT(vm_load32(&second, GICD), ERROR, ENODEV);
	CHECK(sched_getscheduler(0) == SCHED_OTHER);
	vm_close(&second);
	sched_setaffinity(0, sizeof(all), &all);
	return true;
}

static atomic_bool stop;
static atomic_int other_policy;

static void *policy(void *unused)
{
	(void)unused;
	atomic_store(&other_policy, sched_getscheduler(0));
	return NULL;
}

/* A partition that its VMM has again each time it was let in. */
static void *next_partition(void *vm)
{
	bind_to(0);
	while (!atomic_load(&stop) && vm_load32(vm, GICD).how == DONE)
		;
	return NULL;
}

/*
 * Outside of KVM_RUN a thread is SCHED_FIFO until its window ends, but what it starts is
 * not; then a thread that never sleeps does not keep the next window's from its CPU.
 */
static bool outside(void)
{
	struct hvk_frame frame = { .major_ns = 100 * MS, .nr_windows = 2, .window = {
					   { 0, 1, 10 * MS, 40 * MS },
					   { 0, 2, 50 * MS, 40 * MS } } };
	struct hvk_window_stats first = {}, next = { .index = 1 };
	struct hvk_frame_start start;
	int fd = create_frame(&frame), mine = -1;
	uint64_t before, after, end;
	pthread_t thread, started;
	struct vm vm, second;
	cpu_set_t all;

	CHECK(fd >= 0);
	sched_getaffinity(0, sizeof(all), &all);
	bind_to(0);
	open_para(&vm, 0);
	open_para(&second, 0);
	ERRNO(join(&vm, fd, 1), 0);
	ERRNO(join(&second, fd, 2), 0);
	/* The windows are where this test looks for them if the start was not too late. */
	for (;;) {
		start.start_ns = now_ns() + 50 * MS;
		ERRNO(try(fd, HVK_FRAME_START, &start), 0);
		if (now_ns() < start.start_ns)
			break;
		ERRNO(try(fd, HVK_FRAME_STOP, NULL), 0);
	}
	/* On a busy machine a window may be over before this thread has looked. */
	do {
		EXPECT(vm_load32(&vm, GICD), DONE, 0);
		before = now_ns();
		mine = sched_getscheduler(0);
		pthread_create(&started, NULL, policy, NULL);
		after = now_ns();
		pthread_join(started, NULL);
		before = (before - start.start_ns) % frame.major_ns;
		after = (after - start.start_ns) % frame.major_ns;
	} while (before < 10 * MS || after < before || after >= 50 * MS);
	if (mine != (SCHED_FIFO | SCHED_RESET_ON_FORK))
		return fail("policy %x in the open window", mine);
	CHECK(atomic_load(&other_policy) == SCHED_OTHER);

	atomic_store(&stop, false);
	pthread_create(&thread, NULL, next_partition, &second);
	EXPECT(vm_load32(&vm, GICD), DONE, 0);
	ERRNO(try(fd, HVK_WINDOW_STATS, &next), 0);
	before = next.runs;
	end = now_ns() + 10000 * MS;
	while (next.runs < before + 3 && now_ns() < end)
		ERRNO(try(fd, HVK_WINDOW_STATS, &next), 0);
	if (next.runs < before + 3)
		return fail("%llu runs beside a thread that never sleeps",
			    (unsigned long long)(next.runs - before));
	CHECK(sched_getscheduler(0) == SCHED_OTHER);
	ERRNO(try(fd, HVK_WINDOW_STATS, &first), 0);
	CHECK(first.runs);

	/* A thread that is outside when the schedule stops is SCHED_OTHER after that. */
	EXPECT(vm_load32(&vm, GICD), DONE, 0);
	atomic_store(&stop, true);
	ERRNO(try(fd, HVK_FRAME_STOP, NULL), 0);
	CHECK(sched_getscheduler(0) == SCHED_OTHER);
	close(fd);
	pthread_join(thread, NULL);
	vm_close(&vm);
	vm_close(&second);
	sched_setaffinity(0, sizeof(all), &all);
	return true;
}

static void on_alarm(int number)
{
	(void)number;	/* that KVM_RUN is interrupted is all */
}

/* What callers knew of the structure first: up to guest_ns. */
#define OLD_STATS_SIZE	offsetof(struct hvk_window_stats, startup_cuts)
#define OLD_WINDOW_STATS						\
	_IOC(_IOC_READ | _IOC_WRITE, HVKIO, _IOC_NR(HVK_WINDOW_STATS),	\
	     OLD_STATS_SIZE)

static bool old_stats(int fd)
{
	struct hvk_window_stats stats = { .startup_cuts = 77, .lost = 78 };

	ERRNO(try(fd, OLD_WINDOW_STATS, &stats), 0);
	CHECK(stats.runs && stats.guest_ns);
	CHECK(stats.startup_cuts == 77 && stats.lost == 78);
	stats.index = 2;
	ERRNO(try(fd, OLD_WINDOW_STATS, &stats), EINVAL);
	return true;
}

/*
 * A guest that never ends: in its windows, nowhere else; cut at each one's end.
 * Stopped, it waits, and a signal gets it out. Once it has yielded, these are no
 * cuts of its start-up any more.
 */
static bool windows(void)
{
	/* Long windows: the machine below may be busy with something else. */
	struct hvk_frame frame = { .major_ns = 50 * MS, .nr_windows = 2, .window = {
					   { 0, 1, 10 * MS, 20 * MS },
					   { 0, 2, 30 * MS, 10 * MS } } };
	struct hvk_window_stats stats = {}, before, other = { .index = 1 };
	struct itimerspec soon = { .it_value = { .tv_nsec = 900 * MS } };
	struct sigaction action = { .sa_handler = on_alarm };
	struct hvk_frame_start start;
	struct hvk_trace record, last = {};
	unsigned int starts = 0, entries = 0, startup = 0;
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
	mem[1] = 0x52800000 | (HVK_PARA_YIELD & 0xffff) << 5;	/* MOVZ W0 */
	mem[2] = 0x72a00000 | (HVK_PARA_YIELD >> 16) << 5;	/* MOVK W0, LSL #16 */
	mem[3] = 0xd4000002;		/* HVC #0 */
	mem[4] = 0x14000000;		/* B . */
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
	CHECK(stats.startup_cuts + 1 >= stats.runs && !stats.cuts);
	CHECK(stats.guest_ns <= stats.runs * (20 * MS + stats.end_max_ns));
	CHECK(stats.guest_ns > stats.runs * MS);
	while (read(fd, &record, sizeof(record)) == sizeof(record)) {
		CHECK(record.ns >= last.ns && !record.cpu && !record.lost);
		starts += record.event == HVK_TRACE_WINDOW_START;
		startup += record.event == HVK_TRACE_STARTUP;
		CHECK(record.event != HVK_TRACE_OVERRUN);
		if (record.event == HVK_TRACE_ENTER) {
			uint64_t at = (record.ns - start.start_ns) % frame.major_ns;

			CHECK(at >= 10 * MS && at < 30 * MS);
			CHECK(!record.window);
			entries++;
		}
		last = record;
	}
	CHECK(entries == stats.runs && starts >= entries);
	CHECK(startup == stats.startup_cuts);
	if (!old_stats(fd))
		return false;

	ERRNO(try(fd, HVK_FRAME_START, &start), 0);
	timer_settime(timer, 0, &soon, NULL);
	EXPECT(vm_call(&vm, RAM + 4), ERROR, EINTR);
	ERRNO(try(fd, HVK_FRAME_STOP, NULL), 0);
	before = stats;
	ERRNO(try(fd, HVK_WINDOW_STATS, &stats), 0);
	CHECK(stats.startup_cuts == before.startup_cuts);
	/* The window in which it yielded, and that in which it was stopped. */
	CHECK(stats.cuts && stats.cuts + 2 >= stats.runs - before.runs);

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
	/* On a busy machine it takes longer until the guest has run ten times. */
	do {
		r = vm_load32(&vm, GICD);
		ERRNO(try(fd, HVK_WINDOW_STATS, &stats), 0);
	} while (r.how == DONE && (now_ns() < end || stats.runs < 10));
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	EXPECT(r, DONE, 0);
	EXPECT(vm_load32(&vm, GICD), DONE, 0);
	vm_close(&vm);
	close(fd);
	sched_setaffinity(0, sizeof(all), &all);
	return true;
}

static const struct test tests[] = {
	{ "frame-arguments", frame_arguments },
	{ "places", places },
	{ "outside", outside },
	{ "windows", windows },
	{ "stops", stops },
};

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  NULL, NULL);
}
