// SPDX-License-Identifier: GPL-2.0-only
/*
 * owner - who has EL2: VMs of KVM and of hvk at the same time.
 *
 *   owner /dev/hvk [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * HVK_SECONDS is how long they race (5). What the kernel's log says meanwhile is
 * for the caller to judge.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

#define PAGE	4096ull
#define RAM	0x40000000ull
#define SIZE	(256 * PAGE)
#define A	0x1111111111111111ull
#define CPUS	2	/* that the tests use, if there are so many */
#define LOSE	"/sys/kernel/debug/hvk/lose_el2"
#define STATE	"/sys/kernel/debug/hvk/state"

static int kvm_fd;

static void on_cpu(int cpu)
{
	bind_to(cpu % sysconf(_SC_NPROCESSORS_ONLN));
}

/* A VM with memory of its own, or errno. */
struct machine {
	struct vm vm;
	char *mem;
};

static int open_machine(struct machine *m, int system)
{
	int err = vm_try_open(&m->vm, system);

	if (err)
		return err;
	m->mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->mem == MAP_FAILED)
		die("mmap");
	vm_slot(&m->vm, 1, 0, RAM, SIZE, m->mem);
	return 0;
}

static void close_machine(struct machine *m)
{
	vm_close(&m->vm);
	munmap(m->mem, SIZE);
}

/* The guest works, and its memory is its own. */
static bool works(struct machine *m)
{
	EXPECT(vm_store(&m->vm, RAM, A), DONE, A);
	EXPECT(vm_churn(&m->vm, RAM + PAGE, 100, 20), DONE, 0);
	EXPECT(vm_load(&m->vm, RAM), DONE, A);
	return true;
}

static bool refused_entry(struct result r)
{
	return r.how == OTHER && r.value == KVM_EXIT_FAIL_ENTRY;
}

/* Of the module's own report: this CPU's EL2, and the guests' interrupts there. */
static bool state_is(int cpu, const char *expected)
{
	FILE *file = fopen(STATE, "re");
	char line[200], start[16];
	bool found = false;

	if (!file)
		return fail("%s: %s", STATE, strerror(errno));
	snprintf(start, sizeof(start), "CPU %d: ", cpu);
	while (!found && fgets(line, sizeof(line), file))
		found = !strncmp(line, start, strlen(start));
	fclose(file);
	if (!found)
		return fail("CPU %d is not in %s", cpu, STATE);
	return strstr(line, expected) || fail("%s: no '%s'", line, expected);
}

/* --- one has EL2, the other comes ------------------------------------------------ */

/* On each CPU, with a VM of its own: KVM_RUN is refused, hvk's guest goes on. */
static bool kvm_refused(void)
{
	struct machine own, other;

	ERRNO(open_machine(&own, system_fd), 0);
	for (int cpu = 0; cpu < CPUS; cpu++) {
		on_cpu(cpu);
		ERRNO(open_machine(&other, kvm_fd), 0);
		for (int i = 0; i < 3; i++) {
			if (!refused_entry(vm_load(&other.vm, RAM)))
				return fail("KVM's guest was not refused on CPU %d", cpu);
			if (!works(&own))
				return false;
		}
		close_machine(&other);
		/* KVM has turned off on its way what it had turned on. */
		if (!works(&own) ||
		    !state_is(cpu, "hvk, timer on, maintenance on"))
			return false;
	}
	close_machine(&own);
	return true;
}

/*
 * KVM's VM was made, and refused, while hvk had EL2; now hvk is gone. It runs
 * then: KVM got EL2 back as it expects to have it.
 */
static bool kvm_waits(void)
{
	struct machine own, other;

	ERRNO(open_machine(&own, system_fd), 0);
	ERRNO(open_machine(&other, kvm_fd), 0);
	CHECK(refused_entry(vm_load(&other.vm, RAM)));
	close_machine(&own);
	for (int cpu = 0; cpu < CPUS; cpu++) {
		on_cpu(cpu);
		if (!works(&other) ||
		    !state_is(cpu, "KVM, timer on, maintenance on"))
			return false;
	}
	close_machine(&other);
	return true;
}

static bool hvk_refused(void)
{
	struct machine own, other;

	ERRNO(open_machine(&other, kvm_fd), 0);
	for (int i = 0; i < 3; i++) {
		ERRNO(open_machine(&own, system_fd), EBUSY);
		if (!works(&other))
			return false;
	}
	close_machine(&other);
	ERRNO(open_machine(&own, system_fd), 0);
	if (!works(&own))
		return false;
	close_machine(&own);
	return true;
}

/* --- both at once ---------------------------------------------------------------- */

enum side { KVM, HVK, SIDES };

/* What a racer tells at its end. */
struct tally {
	unsigned int ran[SIDES], refused[SIDES];
	char bad[200];
};

static unsigned int race_seconds(void)
{
	const char *text = getenv("HVK_SECONDS");

	return text ? strtoul(text, NULL, 10) : 5;
}

/* Some work in a VM: how it ended, and the memory as it must be if it did. */
static struct result lap(struct machine *m, struct tally *t)
{
	struct result r = vm_store(&m->vm, RAM, A);

	for (int i = 0; i < 2 && r.how == DONE; i++) {
		r = vm_churn(&m->vm, RAM + PAGE, 50, 20);
		if (r.how == DONE && r.value)
			snprintf(t->bad, sizeof(t->bad), "memory is not the guest's");
	}
	if (r.how == DONE)
		r = vm_load(&m->vm, RAM);
	if (r.how == DONE && r.value != A)
		snprintf(t->bad, sizeof(t->bad), "a word is lost");
	return r;
}

enum { RACERS = 3 };

static struct tally sum_of(const volatile struct tally *all)
{
	struct tally sum = {};

	for (int i = 0; i < RACERS; i++)
		for (int side = 0; side < SIDES; side++) {
			sum.ran[side] += all[i].ran[side];
			sum.refused[side] += all[i].refused[side];
		}
	return sum;
}

/* Each side ran, and was refused: a race that only one side wins shows little. */
static bool both_ways(const volatile struct tally *all)
{
	struct tally sum = sum_of(all);

	return sum.ran[KVM] && sum.refused[KVM] && sum.ran[HVK] && sum.refused[HVK];
}

/* On a busy machine it takes longer until everything has happened once. */
#define PATIENCE 120

/*
 * One VM after the other, of this side or of that, until the time is over and
 * all has been seen.
 */
static void racer(struct tally *all, int which, time_t end)
{
	struct tally *t = &all[which];

	srandom(getpid());
	while (!t->bad[0] && (time(NULL) < end ||
			      (time(NULL) < end + PATIENCE && !both_ways(all)))) {
		enum side side = random() % SIDES;
		struct machine m;
		struct result r;
		int err = open_machine(&m, side == KVM ? kvm_fd : system_fd);

		usleep(random() % 2000);	/* who comes first, changes */
		if (err == EBUSY) {
			t->refused[side]++;
			continue;
		}
		if (err) {
			snprintf(t->bad, sizeof(t->bad), "CREATE_VM: %s", strerror(err));
			return;
		}
		r = lap(&m, t);
		/* hvk's guest that KVM overtook ends with EBUSY. */
		if (r.how == DONE)
			t->ran[side]++;
		else if (refused_entry(r) || (r.how == ERROR && r.value == EBUSY))
			t->refused[side]++;
		else
			snprintf(t->bad, sizeof(t->bad), "%s: %s %lld",
				 side == KVM ? "KVM" : "hvk", how_names[r.how],
				 (long long)r.value);
		close_machine(&m);
	}
}

static bool race(void)
{
	struct tally *t = mmap(NULL, RACERS * sizeof(*t), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	time_t end = time(NULL) + race_seconds();
	struct tally sum;
	pid_t pid[RACERS];
	int status;

	CHECK(t != MAP_FAILED);
	for (int i = 0; i < RACERS; i++) {
		pid[i] = fork();
		CHECK(pid[i] >= 0);
		if (!pid[i]) {
			racer(t, i, end);
			_exit(0);
		}
	}
	for (int i = 0; i < RACERS; i++) {
		CHECK(waitpid(pid[i], &status, 0) == pid[i]);
		if (status || t[i].bad[0])
			return fail("%s (status %d)", t[i].bad, status);
	}
	sum = sum_of(t);
	printf("KVM ran %u and was refused %u times, hvk %u and %u\n",
	       sum.ran[KVM], sum.refused[KVM], sum.ran[HVK], sum.refused[HVK]);
	CHECK(both_ways(t));
	munmap(t, RACERS * sizeof(*t));
	return true;
}

/* --- EL2 is taken from under a VM ------------------------------------------------- */

static bool lose(int cpu)
{
	int fd = open(LOSE, O_WRONLY | O_CLOEXEC);
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", cpu), written;

	if (fd < 0)
		return fail("%s: %s", LOSE, strerror(errno));
	written = write(fd, text, len);
	close(fd);
	return written == len || fail("%s: %s", LOSE, strerror(errno));
}

struct watcher {
	struct machine *m;
	struct result seen;
};

static void *watch(void *arg)
{
	struct watcher *w = arg;

	on_cpu(1);
	w->seen = vm_watch(&w->m->vm, RAM, RAM + PAGE);
	return NULL;
}

/*
 * The host takes a page back on a CPU whose EL2 is not ours, while the guest
 * reads it on another without ever leaving: from then on it reads a new page.
 */
static bool lost_invalidation(void)
{
	struct machine m, healer;
	struct watcher w = { .m = &m };
	volatile uint64_t *page, *flag;
	pthread_t thread;

	CHECK(sysconf(_SC_NPROCESSORS_ONLN) >= 2);
	on_cpu(0);
	ERRNO(open_machine(&m, system_fd), 0);
	ERRNO(open_machine(&healer, system_fd), 0);
	page = (uint64_t *)m.mem;
	flag = (uint64_t *)(m.mem + PAGE);
	for (int round = 0; round < 30; round++) {
		/* EL2 of this CPU is ours again with the first guest on it. */
		if (!works(&healer))
			return false;
		*page = A;
		*flag = 0;
		CHECK(!pthread_create(&thread, NULL, watch, &w));
		usleep(5000);	/* it reads by now, or the round shows less */
		if (!lose(0))
			return false;
		CHECK(!madvise(m.mem, PAGE, MADV_DONTNEED));
		*flag = 1;
		pthread_join(thread, NULL);
		EXPECT(w.seen, DONE, 0);
	}
	close_machine(&healer);
	close_machine(&m);
	return true;
}

static volatile bool done;

static void *keep_working(void *arg)
{
	struct machine *m = arg;
	static const char bad[] = "the guest's memory is not as it left it";

	while (!done)
		if (!works(m))
			return (void *)bad;
	return NULL;
}

/* Again and again, on every CPU: guests go on. */
static bool lost_everywhere(void)
{
	struct machine m[CPUS];
	pthread_t thread[CPUS];
	bool all = true;
	void *bad;

	done = false;
	for (int i = 0; i < CPUS; i++) {
		ERRNO(open_machine(&m[i], system_fd), 0);
		CHECK(!pthread_create(&thread[i], NULL, keep_working, &m[i]));
	}
	for (int i = 0; i < 200 && all; i++)
		all = lose(i % sysconf(_SC_NPROCESSORS_ONLN));
	done = true;
	for (int i = 0; i < CPUS; i++) {
		pthread_join(thread[i], &bad);
		if (bad)
			all = fail("%s", (char *)bad);
		close_machine(&m[i]);
	}
	return all;
}

static const struct test tests[] = {
	{ "kvm-refused", kvm_refused },
	{ "kvm-waits", kvm_waits },
	{ "hvk-refused", hvk_refused },
	{ "race", race },
};

/* Those that need no KVM. */
static const struct test own_tests[] = {
	{ "lost-invalidation", lost_invalidation },
	{ "lost-everywhere", lost_everywhere },
};

static void restore_affinity(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof(all));
	sched_setaffinity(0, sizeof(all), &all);
}

int main(int argc, char **argv)
{
	int status = suite_main(argc, argv, own_tests,
				sizeof(own_tests) / sizeof(own_tests[0]),
				NULL, restore_affinity);

	kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm_fd >= 0 && status < 2)
		status |= suite_main(argc, argv, tests,
				     sizeof(tests) / sizeof(tests[0]), NULL,
				     restore_affinity);
	return status;
}
