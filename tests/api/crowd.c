// SPDX-License-Identifier: GPL-2.0-only
/*
 * crowd - what it costs to make a VM on a host whose processes have many threads and
 * many descriptors, and how long a real-time thread on the same CPU waits meanwhile.
 *
 *   crowd DEVICE COST LATE
 *
 * Two measurements, without the crowd and with it. COST is what the crowd may add to
 * the creation and end of a VM, LATE what it may add to the thread's latest wake-up, in
 * nanoseconds: for a lab that counts instructions, where one is a nanosecond.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

#define ROUNDS		5
#define PERIOD_NS	50000
/* One process of many threads that share a table, and one with a large table. */
#define THREADS		100
#define SHARED		4096
#define LARGE		60000

/* --- the crowd -------------------------------------------------------------------- */

static int ready[2];

static void open_many(unsigned int nr)
{
	struct rlimit limit = { nr, nr };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("RLIMIT_NOFILE");
	while (dup(0) >= 0)
		;
	if (errno != EMFILE)
		die("dup");
}

static void tell_ready(void)
{
	if (write(ready[1], "x", 1) != 1)
		die("write");
}

static void *stay(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

/* The first thread has ended: none is left whose table the others could be known by. */
static void many_threads(void)
{
	pthread_attr_t small;
	pthread_t thread;

	open_many(SHARED);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 1 << 16);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&thread, &small, stay, NULL))
			die("pthread_create");
	tell_ready();
	pthread_exit(NULL);
}

static void large_table(void)
{
	open_many(LARGE);
	tell_ready();
	stay(NULL);
}

static pid_t start(void (*run)(void))
{
	char byte;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run();
		_exit(1);
	}
	if (read(ready[0], &byte, 1) != 1)
		die("read");
	return pid;
}

/* --- the measurement -------------------------------------------------------------- */

struct figures {
	uint64_t cost_ns, late_ns;
};

static atomic_bool done;

static void *watch_the_clock(void *latest)
{
	struct sched_param fifo = { .sched_priority = 50 };
	uint64_t due, late, *worst = latest;

	if (sched_setscheduler(0, SCHED_FIFO, &fifo))
		die("SCHED_FIFO");
	for (due = now_ns(); !atomic_load(&done); due = now_ns()) {
		struct timespec t;

		due += PERIOD_NS;
		t = (struct timespec){ due / 1000000000, due % 1000000000 };
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
		late = now_ns() - due;
		if (late > *worst)
			*worst = late;
	}
	return NULL;
}

static void make_and_end(int device)
{
	int vm = ioctl(device, KVM_CREATE_VM, 0);

	if (vm < 0)
		die("KVM_CREATE_VM");
	close(vm);
}

/* The cheapest of some rounds by itself; the latest of as many beside the thread. */
static struct figures measure(int device)
{
	struct figures f = { .cost_ns = UINT64_MAX };
	pthread_t thread;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = now_ns(), cost;

		make_and_end(device);
		cost = now_ns() - start;
		if (cost < f.cost_ns)
			f.cost_ns = cost;
	}
	atomic_store(&done, false);
	if (pthread_create(&thread, NULL, watch_the_clock, &f.late_ns))
		die("pthread_create");
	for (int i = 0; i < ROUNDS; i++)
		make_and_end(device);
	atomic_store(&done, true);
	pthread_join(thread, NULL);
	return f;
}

static void tell(const char *where, struct figures f)
{
	printf("%s: a VM made and ended %llu ns, a real-time thread at most %llu ns late\n",
	       where, (unsigned long long)f.cost_ns, (unsigned long long)f.late_ns);
}

int main(int argc, char **argv)
{
	struct figures alone, crowded;
	pid_t crowd[2];
	int device;
	bool good;

	if (argc != 4) {
		fprintf(stderr, "usage: crowd DEVICE COST LATE\n");
		return 2;
	}
	device = open(argv[1], O_RDWR | O_CLOEXEC);
	if (device < 0)
		die(argv[1]);
	if (pipe2(ready, O_CLOEXEC))
		die("pipe");
	bind_to(0);
	alone = measure(device);
	crowd[0] = start(many_threads);
	crowd[1] = start(large_table);
	crowded = measure(device);
	tell("alone", alone);
	tell("crowded", crowded);
	for (int i = 0; i < 2; i++) {
		kill(crowd[i], SIGKILL);
		waitpid(crowd[i], NULL, 0);
	}
	good = crowded.cost_ns <= alone.cost_ns + strtoull(argv[2], NULL, 10) &&
	       crowded.late_ns <= alone.late_ns + strtoull(argv[3], NULL, 10);
	printf("%s\n", good ? "within the limits" : "beyond the limits");
	return !good;
}
