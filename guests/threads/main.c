// SPDX-License-Identifier: BSD-2-Clause
/*
 * The demonstration of Xen-ARM's two Mini-OS: threads 3 to 6 print in turn. There the clock
 * stayed at 0. Here it runs, and each thread works for longer than its time slice.
 */

#include "threads.h"

#define FIRST 3
#define LAST  6
#define LINES 4
#define SLICE 2000 /* us */

static struct hvk_para_info info;

static uint64_t clock_ms(void)
{
	return timer_microseconds(timer_now()) / 1000;
}

/* Works for more than a slice before each line, and sleeps once, in the middle. */
static void worker(void *arg)
{
	unsigned int number = (unsigned int)(uintptr_t)arg;

	for (unsigned int line = 1; line <= LINES; line++) {
		timer_delay(3 * SLICE);
		printf("%u: thread %u, line %u, clock %lu ms\n", info.id, number, line,
		       clock_ms());
		if (line == LINES / 2)
			thread_sleep(20);
	}
}

/*
 * Lets both kernels begin together, however late one of them is loaded: each notifies the
 * other by a channel, `first` or `second`, and waits for the other's. A kernel that runs
 * alone has no channels.
 */
static void meet(void)
{
	static const char *const names[] = { "first", "second" };
	struct hvk_para_channel mine, other;

	if (info.id > 1 || hvk_channel_find(names[info.id], &mine) < 0 ||
	    hvk_channel_find(names[!info.id], &other) < 0)
		return;
	hvk_event_notify(mine.number);
	while (!hvk_event_pending(1ul << other.number, NULL))
		hvk_wait(HVK_PARA_FOREVER);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;
	hvk_info(&info);
	meet();
	for (uintptr_t number = FIRST; number <= LAST; number++)
		thread_create((unsigned int)number, worker, (void *)number);
	threads_run(SLICE);
	printf("%u: all threads ended, switches %u, preemptions %u, idle %u\n", info.id,
	       thread_counts.switches, thread_counts.preemptions, thread_counts.idle);
}
