// SPDX-License-Identifier: BSD-2-Clause
/* The scheduler. Its state is only accessed with interrupts masked. */

#include "threads.h"

#define THREADS	   8 /* number 0 is the idle thread */
#define STACK_SIZE 0x2000

/* The registers that switch_stacks() saves on a stack. */
struct saved {
	uint64_t x29, x30;
	uint64_t x19, x20;
	uint64_t others[8];
};

enum state { ENDED, READY, SLEEPING };

static struct thread {
	enum state state;
	uintptr_t sp;
	uint64_t wake_at;
} threads[THREADS];

static uint8_t stacks[THREADS][STACK_SIZE] __attribute__((aligned(16)));
static unsigned int current;
static uintptr_t main_sp;

struct thread_counts thread_counts;

void switch_stacks(uintptr_t *save, uintptr_t load);
void thread_start(void);
NORETURN void thread_end(void);

static void prepare(unsigned int number, thread_function *function, void *arg)
{
	struct saved *saved = (struct saved *)(stacks[number] + STACK_SIZE) - 1;

	*saved = (struct saved){
		.x30 = (uintptr_t)thread_start,
		.x19 = (uintptr_t)function,
		.x20 = (uintptr_t)arg,
	};
	threads[number].sp = (uintptr_t)saved;
	threads[number].state = READY;
}

/* The next ready thread in turn; 0, the idle thread, if none is ready. */
static unsigned int next_ready(void)
{
	uint64_t now = timer_now();

	for (unsigned int step = 1; step <= THREADS; step++) {
		unsigned int n = (current + step) % THREADS;

		if (threads[n].state == SLEEPING && now >= threads[n].wake_at)
			threads[n].state = READY;
		if (n && threads[n].state == READY)
			return n;
	}
	return 0;
}

/* Switches to the next thread. `asked`: the present one sleeps or ends, else it is preempted. */
static void schedule(bool asked)
{
	unsigned int before = current, next = next_ready();

	if (next == before)
		return;
	thread_counts.switches++;
	thread_counts.idle += next == 0;
	thread_counts.preemptions += !asked && before != 0;
	current = next;
	switch_stacks(&threads[before].sp, threads[next].sp);
}

/* Called after each interrupt: the interrupted thread remains ready. */
static void preempt(void)
{
	schedule(false);
}

static void on_tick(void *arg)
{
	(void)arg; /* nothing to do: preempt() is called after this interrupt */
}

static void idle(void *arg)
{
	(void)arg;
	for (;;)
		wfi();
}

void thread_create(unsigned int number, thread_function *function, void *arg)
{
	uint64_t daif = irq_save();

	if (!number || number >= THREADS || threads[number].state != ENDED)
		panic("no thread %u", number);
	prepare(number, function, arg);
	irq_restore(daif);
}

void thread_sleep(uint64_t ms)
{
	uint64_t daif = irq_save();

	threads[current].wake_at = timer_now() + timer_ticks(ms * 1000);
	threads[current].state = SLEEPING;
	schedule(true);
	irq_restore(daif);
}

static bool all_ended(void)
{
	for (unsigned int n = 1; n < THREADS; n++) {
		if (threads[n].state != ENDED)
			return false;
	}
	return true;
}

void thread_end(void)
{
	irq_disable();
	threads[current].state = ENDED;
	if (all_ended())
		switch_stacks(&threads[current].sp, main_sp);
	schedule(true);
	panic("thread %u lives on", current);
}

void threads_run(uint64_t slice)
{
	prepare(0, idle, NULL);
	current = 0;
	exc_after_interrupts(preempt);
	timer_every(slice, on_tick, NULL);
	switch_stacks(&main_sp, threads[0].sp);
	timer_stop();
	exc_after_interrupts(NULL);
}
