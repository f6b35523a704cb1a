// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame.c's alternation without a hypervisor: two threads of the host that are
 * SCHED_FIFO, pinned to one CPU, and wake by clock_nanosleep() at their windows'
 * starts. Both keep to their ends of their own accord: nobody else would.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "frame.h"
#include "vm.h"

struct party {
	int cpu;
	uint64_t start_ns;	/* of the first frame */
	atomic_bool stop;
	struct window *windows;
	size_t nr, missed;
};

static void sleep_until(uint64_t ns)
{
	struct timespec t = { .tv_sec = ns / 1000000000,
			      .tv_nsec = ns % 1000000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void become_fifo(int cpu)
{
	struct sched_param param = { .sched_priority = 50 };

	bind_to(cpu);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO");
}

static void *neighbour(void *arg)
{
	struct party *p = arg;
	uint64_t start = p->start_ns + NEIGHBOUR_NS;

	become_fifo(p->cpu);
	for (; !atomic_load(&p->stop); start += MAJOR_NS) {
		sleep_until(start);
		while (now_ns() < start + WINDOW_NS)
			;
	}
	return NULL;
}

static void *measurer(void *arg)
{
	struct party *p = arg;
	uint64_t start = p->start_ns + MEASURED_NS;

	become_fifo(p->cpu);
	for (size_t i = 0; i < p->nr; start += MAJOR_NS) {
		uint64_t first, last, now;

		sleep_until(start);
		now = first = last = now_ns();
		if (first >= start + WINDOW_NS) {
			p->missed++;
			continue;
		}
		for (; now < start + WINDOW_NS; now = now_ns())
			last = now;
		p->windows[i].late_ns = first - start;
		p->windows[i].length_ns = last - first;
		i++;
	}
	return NULL;
}

size_t threads_measure(int cpu, bool hog, struct window *windows, size_t nr)
{
	struct party p = { .cpu = cpu, .windows = windows, .nr = nr,
			   .start_ns = first_frame_ns() };
	pthread_t threads[2];

	if (hog)
		pthread_create(&threads[0], NULL, neighbour, &p);
	pthread_create(&threads[1], NULL, measurer, &p);
	pthread_join(threads[1], NULL);
	atomic_store(&p.stop, true);
	if (hog)
		pthread_join(threads[0], NULL);
	return p.missed;
}
