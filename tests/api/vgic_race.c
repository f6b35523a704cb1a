// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgic's tests of what comes at the same time: vCPUs that enable and disable an SPI and
 * change its priority, while the VMM injects it.
 *
 * They are stress only. Whether the writes and the interrupt do meet, and how EL2 and EL1 then
 * share the work, depends on the machine's timing, and nothing here can see it: such a test can
 * find a fault, but when it passes, that does not show that there is none. On hvk
 * tests/unit/vgic_el2_*test.cc go through the orders one by one; what remains for these is real
 * CPUs and caches.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gic.h"
#include "suite.h"
#include "vgic_race.h"

/* vgic_guest.S */
extern const char race_programs[], race_programs_end[];
extern const char race_writer[], race_receiver[], race_silent[], race_neighbour[];

#define RACE_IPA	0x20000000ull	/* the programs */
#define WORDS_IPA	0x20010000ull	/* the words */
#define PAGE		4096
#define ROUNDS		100
#define PATIENCE_NS	60000000000ull	/* for what should come at once */

enum word { TAKEN, STOP };

struct race {
	struct vm vm, second;	/* the same VM with vCPU 0, vCPU 1 */
	int gic;
	char *programs;
	volatile uint64_t *words;
};

/* A vCPU's program, in a thread of its own. */
struct player {
	struct vm *vm;
	const char *program;
	uint64_t times;
	pthread_t thread;
	struct result result;
	atomic_bool over;
};

static void *memory(void)
{
	void *found = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (found == MAP_FAILED)
		die("mmap");
	return found;
}

static void race_open(struct race *r)
{
	vm_open(&r->vm, system_fd);
	r->second = r->vm;
	vm_add_vcpu(&r->second, system_fd, 1);
	r->gic = vm_gic(&r->vm, GICD, GICC);
	r->programs = memory();
	r->words = memory();
	memcpy(r->programs, race_programs, race_programs_end - race_programs);
	__builtin___clear_cache(r->programs, r->programs + PAGE);
	vm_slot(&r->vm, 1, 0, RACE_IPA, PAGE, r->programs);
	vm_slot(&r->vm, 2, 0, WORDS_IPA, PAGE, (void *)r->words);
	open_spi(&r->vm, true);
}

static void race_close(struct race *r)
{
	close(r->gic);
	munmap(r->second.run, r->second.run_size);
	close(r->second.vcpu);
	vm_close(&r->vm);
	munmap(r->programs, PAGE);
	munmap((void *)r->words, PAGE);
}

static void *play(void *arg)
{
	struct player *p = arg;

	vm_set_x(p->vm, 3, WORDS_IPA);
	vm_set_x(p->vm, 4, p->times);
	p->result = vm_call(p->vm, RACE_IPA + (p->program - race_programs));
	atomic_store(&p->over, true);
	return NULL;
}

static void start(struct player *p)
{
	if (pthread_create(&p->thread, NULL, play, p))
		die("pthread_create");
}

static void nothing(int number)
{
	(void)number;	/* it ends KVM_RUN */
}

/*
 * Waits for the end of a program. One that does not come to it is taken out of KVM_RUN: its
 * result is an error then.
 */
static void join(struct player *p)
{
	const struct sigaction action = { .sa_handler = nothing };
	uint64_t until = now_ns() + PATIENCE_NS;

	while (!atomic_load(&p->over) && now_ns() < until)
		sched_yield();
	if (!atomic_load(&p->over)) {
		if (sigaction(SIGUSR1, &action, NULL))
			die("sigaction");
		p->vm->run->immediate_exit = 1;
		pthread_kill(p->thread, SIGUSR1);
	}
	pthread_join(p->thread, NULL);
}

/* A rising edge. */
static void edge(struct race *r)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | SPI,
	};

	for (int level = 1; level >= 0; level--) {
		line.level = level;
		if (try(r->vm.fd, KVM_IRQ_LINE, &line))
			die("KVM_IRQ_LINE");
	}
}

/* --- an interrupt that nobody loses --------------------------------------------- */

struct injector {
	struct race *race;
	uint64_t edges;		/* until now */
	bool lost;		/* the last of them */
	pthread_barrier_t round;
};

/* One edge a round, at one moment or another of it. */
static void *inject_once(void *arg)
{
	struct injector *in = arg;

	while (in->edges < ROUNDS) {
		pthread_barrier_wait(&in->round);
		for (uint64_t i = 0; i < in->edges % 16 * 64; i++)
			__asm__ volatile("" ::: "memory");
		edge(in->race);
		in->edges++;
		pthread_barrier_wait(&in->round);
	}
	return NULL;
}

/* Whether so many, and no more, are taken. */
static bool taken(struct race *r, uint64_t nr)
{
	uint64_t until = now_ns() + PATIENCE_NS;

	while (r->words[TAKEN] < nr && now_ns() < until)
		sched_yield();
	return r->words[TAKEN] == nr;
}

/*
 * At the end of each round the SPI is enabled and nobody writes: the edge of that round is
 * taken, whatever was written as it came. No later write brings it to light. A lost interrupt
 * shows if an edge came at the wrong moment of a write; whether one did, nobody knows.
 */
bool race_lost(void)
{
	struct race r;
	struct player writer = { .vm = &r.second, .program = race_writer };
	struct player receiver = { .vm = &r.vm, .program = race_receiver };
	struct injector in = { .race = &r };
	uint64_t round, lost = 0;
	pthread_t thread;

	race_open(&r);
	pthread_barrier_init(&in.round, NULL, 2);
	start(&receiver);
	if (pthread_create(&thread, NULL, inject_once, &in))
		die("pthread_create");
	for (round = 1; round <= ROUNDS; round++) {
		pthread_barrier_wait(&in.round);
		writer.times = 1 + round % 8;
		play(&writer);
		pthread_barrier_wait(&in.round);
		EXPECT(writer.result, DONE, 0);
		if (!lost && !taken(&r, round))
			lost = round;
	}
	pthread_join(thread, NULL);
	r.words[STOP] = 1;
	edge(&r);
	/* It sleeps until that edge comes. */
	join(&receiver);
	pthread_barrier_destroy(&in.round);
	if (lost)
		return fail("the interrupt of round %llu", (unsigned long long)lost);
	EXPECT(receiver.result, DONE, 0);
	race_close(&r);
	return true;
}

/* --- an interrupt that is disabled ---------------------------------------------- */

/* Edges until STOP, each as soon as the one before was taken; or until one is lost. */
static void *inject(void *arg)
{
	struct injector *in = arg;
	struct race *r = in->race;

	while (!r->words[STOP]) {
		uint64_t until = now_ns() + PATIENCE_NS;

		edge(r);
		in->edges++;
		while (r->words[TAKEN] < in->edges && !r->words[STOP] && !in->lost)
			if (now_ns() < until)
				sched_yield();
			else
				in->lost = true;
		if (in->lost)
			r->words[STOP] = 1;
	}
	return NULL;
}

/*
 * A vCPU that has disabled the SPI does not take it; each edge is taken once. Another vCPU
 * writes its neighbour's bits of the same registers, which nobody else changes. An interrupt
 * that comes although it is disabled, one that is lost or comes twice, and a neighbour's bit that
 * is undone show if they happen in these rounds; other timings are not tried.
 */
bool race_silence(void)
{
	struct race r;
	struct player silent = {
		.vm = &r.vm,
		.program = race_silent,
		.times = ROUNDS,
	};
	struct player neighbour = { .vm = &r.second, .program = race_neighbour };
	struct injector in = { .race = &r };
	pthread_t thread;
	uint64_t nr;

	race_open(&r);
	vm_store8(&r.vm, GICD_ITARGETSR(SPI + 1), 2);
	start(&neighbour);
	start(&silent);
	if (pthread_create(&thread, NULL, inject, &in))
		die("pthread_create");
	while (!atomic_load(&silent.over) && !r.words[STOP])
		sched_yield();
	r.words[STOP] = 1;
	pthread_join(thread, NULL);
	join(&silent);
	join(&neighbour);
	if (in.lost)
		return fail("edge %llu is not taken", (unsigned long long)in.edges);
	EXPECT(silent.result, DONE, 0);
	EXPECT(neighbour.result, DONE, 0);
	/* The last one may have come too late for the program. */
	nr = r.words[TAKEN];
	if (vm_load32(&r.vm, GICC_IAR).value == SPI)
		nr++;
	if (nr != in.edges)
		return fail("%llu edges, %llu taken", (unsigned long long)in.edges,
			    (unsigned long long)nr);
	race_close(&r);
	return true;
}
