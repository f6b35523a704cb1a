// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost.c's rows about interrupts: the guest takes the time from its own counter, in the
 * rounds of a program, which returns the sum. A vCPU has a CPU to itself.
 */
#include <pthread.h>
#include <unistd.h>

#include "cost.h"

#define SOON_NS		50000	/* until a deadline */
#define LATER_NS	300000	/* the same for a vCPU that has to fall asleep first */
#define PAUSE_NS	200000	/* before an SGI to a vCPU that has to be in WFI */

/* What vCPUs and the VMM share (cost_guest.S, "send"). */
enum word { SEEN, SEEN_AT, BEGUN, LATENCY, NR_WORDS };

static void alone(const char *name, const char *program)
{
	struct machine m;

	machine_open(&m, 1);
	report(name, least_sum(&m.vm, program, FEW, 0, 0), stamps(&m.vm, FEW), FEW);
	machine_close(&m);
}

void row_sgi_self(const char *name)
{
	alone(name, cost_sgi_self);
}

void row_eoi(const char *name)
{
	alone(name, cost_eoi);
}

/* From the deadline until the CPU interface told the INTID. */
static void timer(const char *name, bool asleep)
{
	struct machine m;

	machine_open(&m, 1);
	report(name, least_sum(&m.vm, cost_timer, FEW,
			       ticks_of(asleep ? LATER_NS : SOON_NS), asleep), 0, FEW);
	machine_close(&m);
}

void row_timer(const char *name)
{
	timer(name, false);
}

void row_timer_wfi(const char *name)
{
	timer(name, true);
}

/* --- a vCPU, on CPU 1, that takes interrupts ------------------------------------------- */

struct receiver {
	struct vm *vm;
	bool asleep;
	pthread_t thread;
};

static void *receive(void *arg)
{
	struct receiver *r = arg;

	bind_to(1);
	run_program(r->vm, cost_receive, FEW, WORDS_IPA, r->asleep);
	return NULL;
}

static void start(struct receiver *r, volatile uint64_t *words)
{
	for (int i = 0; i < NR_WORDS; i++)
		words[i] = 0;
	if (pthread_create(&r->thread, NULL, receive, r))
		die("pthread_create");
}

/*
 * Either what the sender's store of GICD_SGIR costs the sender, or how long after it
 * the receiver's CPU interface tells the INTID. In a lab that counts instructions, the
 * latter is the sum of both CPUs' work: they share a counter, and run in turn.
 */
static void sgi(const char *name, bool asleep)
{
	uint64_t least = UINT64_MAX;
	struct receiver r;
	struct machine m;

	machine_open(&m, 2);
	r = (struct receiver){ .vm = &m.second, .asleep = asleep };
	for (int i = -1; i < REPEAT; i++) {
		uint64_t sum;

		start(&r, m.words);
		sum = run_program(&m.vm, cost_send, FEW, WORDS_IPA,
				  ticks_of(asleep ? PAUSE_NS : 0)).x0;
		pthread_join(r.thread, NULL);
		if (asleep)
			sum = m.words[LATENCY];
		if (i >= 0 && sum < least)
			least = sum;
	}
	report(name, ns_of(least), stamps(&m.vm, FEW), FEW);
	machine_close(&m);
}

void row_sgi_running(const char *name)
{
	sgi(name, false);
}

void row_sgi_wfi(const char *name)
{
	sgi(name, true);
}

/* --- an interrupt from the VMM ---------------------------------------------------------- */

static void yield(void)
{
	/* QEMU runs the other CPU now, if it counts instructions. */
	__asm__ volatile("yield" ::: "memory");
}

/*
 * From the VMM's write to the eventfd until the VMM sees that the guest has the INTID.
 * Both ends are the VMM's clock: the guest's counter has another origin.
 */
static uint64_t signal_rounds(struct machine *m, int fd)
{
	uint64_t sum = 0;

	while (!m->words[BEGUN])
		yield();
	for (uint64_t round = 1; round <= FEW; round++) {
		uint64_t from = now_ns();

		signal_fd(fd);
		while (m->words[SEEN] != round)
			yield();
		sum += now_ns() - from;
		/* The guest is in its loop again, and the interrupt deactivated. */
		for (int i = 0; i < 100; i++)
			yield();
	}
	return sum;
}

void row_irqfd(const char *name)
{
	uint64_t least = UINT64_MAX, clocks = UINT64_MAX;
	int fd = new_fd();
	struct receiver r;
	struct machine m;

	machine_open(&m, 1);
	if (irqfd(&m.vm, fd, GSI, 0, 0))
		die("KVM_IRQFD");
	r = (struct receiver){ .vm = &m.vm };
	for (int i = -1; i < REPEAT; i++) {
		uint64_t sum;

		start(&r, m.words);
		sum = signal_rounds(&m, fd);
		pthread_join(r.thread, NULL);
		if (i >= 0 && sum < least)
			least = sum;
	}
	/* What two readings of the clock are. */
	for (int i = 0; i < REPEAT; i++) {
		uint64_t sum = 0;

		for (int round = 0; round < FEW; round++) {
			uint64_t from = now_ns();

			sum += now_ns() - from;
		}
		clocks = sum < clocks ? sum : clocks;
	}
	report(name, least, clocks, FEW);
	machine_close(&m);
	close(fd);
}
