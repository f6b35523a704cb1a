// SPDX-License-Identifier: BSD-2-Clause
/*
 * Several PEs: starting and stopping them, the state in which they start, interrupts between
 * them, and coherent memory and translations.
 */

#include "smp.h"

#include "check.h"
#include "gic.h"
#include "lock.h"
#include "mmu.h"
#include "printf.h"
#include "psci.h"
#include "timer.h"

#define SGI_PING    1
#define TIME_LIMIT  10000 /* ms, for anything that another PE has to do */
#define LOCK_ROUNDS 5000
#define UNWRITTEN   0x55

static unsigned int cpus;

/* The state that raw_entry finds, in the order in which it stores it. */
struct entry_state {
	uint64_t x0;
	uint64_t sctlr;
	uint64_t daif;
	uint64_t currentel;
	uint64_t mpidr;
	uint64_t spsel;
};

extern char raw_entry[];

/* An entry point for CPU_ON. It runs with the MMU off, so that its stores bypass the caches. */
asm(".pushsection .text\n"
    "raw_entry:\n"
    "	mrs	x1, sctlr_el1\n"
    "	stp	x0, x1, [x0]\n"
    "	mrs	x1, daif\n"
    "	mrs	x2, currentel\n"
    "	stp	x1, x2, [x0, #16]\n"
    "	mrs	x1, mpidr_el1\n"
    "	mrs	x2, spsel\n"
    "	stp	x1, x2, [x0, #32]\n"
    "	dsb	sy\n"
    "	ldr	w0, =0x84000002\n" /* PSCI CPU_OFF */
    "	hvc	#0\n"
    "1:	b	1b\n"
    "	.ltorg\n"
    "	.popsection\n");

static struct entry_state state __attribute__((aligned(256)));

/* Waits for the last word that raw_entry stores; invalidates this PE's cached copy to see it. */
static bool entered(void)
{
	uint64_t end = timer_now() + timer_ticks(TIME_LIMIT * 1000);

	do {
		cache_clean_invalidate(&state, sizeof(state));
		if (((volatile struct entry_state *)&state)->spsel != UNWRITTEN)
			return true;
	} while (timer_now() < end);
	return false;
}

static void entry(void)
{
	state.spsel = UNWRITTEN;
	cache_clean_invalidate(&state, sizeof(state));
	check("cpu-on", PSCI_SUCCESS,
	      (uint64_t)psci_cpu_on(1, (uintptr_t)raw_entry, (uintptr_t)&state));
	check_true("entered", entered());
	check_true("cpu-off", smp_wait_off(1, TIME_LIMIT));
	check("entry-context", (uintptr_t)&state, state.x0);
	check("entry-mmu-and-caches-off", 0, state.sctlr & 0x1005);
	check("entry-masked", 0x3c0, state.daif);
	check("entry-el", 1, state.currentel >> 2);
	check("entry-mpidr", 1, state.mpidr & 0xff00ffffff);
	check("entry-spsel", 1, state.spsel);
}

static volatile uint32_t arrived;
static volatile uint32_t leave;

static void arrive_and_wait(void *arg)
{
	(void)arg;
	__atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
	while (!leave)
		wfe();
}

static void states(void)
{
	arrived = 0;
	leave = 0;
	check("affinity-off", PSCI_AFFINITY_OFF, (uint64_t)psci_affinity_info(1));
	smp_start(1, arrive_and_wait, NULL);
	check_true("running", timer_wait_for(&arrived, 1, TIME_LIMIT));
	check("affinity-on", PSCI_AFFINITY_ON, (uint64_t)psci_affinity_info(1));
	check("cpu-on-twice", (uint32_t)PSCI_ALREADY_ON,
	      (uint32_t)psci_cpu_on(1, (uintptr_t)raw_entry, 0));
	leave = 1;
	sev();
	check_true("off-again", smp_wait_off(1, TIME_LIMIT));
}

static void all_at_once(void)
{
	unsigned int off = 0;

	arrived = 0;
	leave = 0;
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		smp_start(cpu, arrive_and_wait, NULL);
	check_true("all-running", timer_wait_for(&arrived, cpus - 1, TIME_LIMIT));
	leave = 1;
	sev();
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		off += smp_wait_off(cpu, TIME_LIMIT);
	check("all-off", cpus - 1, off);
}

static void nothing(void *arg)
{
	__atomic_fetch_add((uint32_t *)arg, 1, __ATOMIC_SEQ_CST);
}

static void again_and_again(void)
{
	uint32_t runs = 0;

	for (unsigned int i = 0; i < 20; i++) {
		smp_start(1, nothing, &runs);
		if (!smp_wait_off(1, TIME_LIMIT))
			break;
	}
	check("on-and-off-20-times", 20, runs);
}

/* Exclusives and the lock: no increment is lost. */
static struct lock lock;
static volatile uint64_t plain;
static uint64_t exclusive;

static void exclusive_add(void)
{
	uint64_t value;
	uint32_t failed;

	asm volatile("1:	ldxr	%0, [%2]\n"
		     "	add	%0, %0, #1\n"
		     "	stxr	%w1, %0, [%2]\n"
		     "	cbnz	%w1, 1b\n"
		     : "=&r"(value), "=&r"(failed)
		     : "r"(&exclusive)
		     : "memory");
}

static void count_up(void *arg)
{
	(void)arg;
	for (unsigned int i = 0; i < LOCK_ROUNDS; i++) {
		lock_acquire(&lock);
		plain++;
		lock_release(&lock);
		exclusive_add();
	}
}

static void counting(void)
{
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		smp_start(cpu, count_up, NULL);
	count_up(NULL);
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		smp_wait_off(cpu, TIME_LIMIT);
	check("lock-counts", (uint64_t)cpus * LOCK_ROUNDS, plain);
	check("exclusive-counts", (uint64_t)cpus * LOCK_ROUNDS, exclusive);
}

/* SGIs to PE 1, which sleeps in between and counts them. */
static volatile uint32_t pongs;

static void on_ping(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	__atomic_fetch_add(&pongs, 1, __ATOMIC_SEQ_CST);
}

static void sleep_for_pings(void *arg)
{
	(void)arg;
	gic_enable(SGI_PING);
	arrived = 1;
	while (!leave) {
		/* Masked, so that no interrupt is taken between reading `leave` and the WFI. */
		wfi();
		irq_enable();
		isb();
		irq_disable();
	}
}

static void pings(void)
{
	unsigned int round;

	arrived = 0;
	leave = 0;
	pongs = 0;
	gic_set_handler(SGI_PING, on_ping, NULL);
	smp_start(1, sleep_for_pings, NULL);
	timer_wait_for(&arrived, 1, TIME_LIMIT);
	for (round = 1; round <= 100; round++) {
		gic_send_sgi(SGI_PING, 1 << 1);
		if (!timer_wait_for(&pongs, round, TIME_LIMIT))
			break;
	}
	check("ipi-to-sleeper-100-times", 101, round);
	leave = 1;
	gic_send_sgi(SGI_PING, 1 << 1);
	check_true("sleeper-off", smp_wait_off(1, TIME_LIMIT));
}

/*
 * A page is mapped to one of two frames in turn while the other PE reads it: after the TLBI
 * that PE must not see the old frame (DDI 0487 D8.14).
 */
static uint64_t frames[2][PAGE_SIZE / 8] __attribute__((aligned(4096)));
static volatile uint32_t asked, answered, answer;

static void look(void *arg)
{
	const volatile uint64_t *page = arg;

	for (uint32_t next = 1; next <= 50; next++) {
		while (asked < next)
			relax();
		dmb();
		answer = (uint32_t)*page;
		dmb();
		answered = next;
	}
}

static void broadcast(void)
{
	unsigned int right = 0;

	frames[0][0] = 100;
	frames[1][0] = 101;
	mmu_map(MMU_WINDOW, (uintptr_t)frames[0], MMU_NORMAL, 0);
	smp_start(1, look, (void *)MMU_WINDOW);
	for (uint32_t i = 1; i <= 50; i++) {
		mmu_map(MMU_WINDOW, (uintptr_t)frames[i % 2], MMU_NORMAL, 0);
		asked = i;
		if (!timer_wait_for(&answered, i, TIME_LIMIT))
			break;
		right += answer == 100 + i % 2;
	}
	check("tlbi-reaches-other-pe", 50, right);
	smp_wait_off(1, TIME_LIMIT);
}

/* Each PE has its own MPIDR and banked GIC registers, and all have the same ID registers. */
struct identity {
	uint64_t mpidr, midr, pfr0, isar0, mmfr0, mmfr1, dfr0, ctr, clidr, cntfrq, targets;
};

static struct identity identities[SMP_MAX];

static void identify(void *arg)
{
	struct identity *id = arg;

	id->mpidr = sysreg_read(mpidr_el1);
	id->midr = sysreg_read(midr_el1);
	id->pfr0 = sysreg_read(id_aa64pfr0_el1);
	id->isar0 = sysreg_read(id_aa64isar0_el1);
	id->mmfr0 = sysreg_read(id_aa64mmfr0_el1);
	id->mmfr1 = sysreg_read(id_aa64mmfr1_el1);
	id->dfr0 = sysreg_read(id_aa64dfr0_el1);
	id->ctr = sysreg_read(ctr_el0);
	id->clidr = sysreg_read(clidr_el1);
	id->cntfrq = sysreg_read(cntfrq_el0);
	id->targets = mmio_read8(GICD_ITARGETSR);
}

static void same_everywhere(void)
{
	const struct identity *first = &identities[0];
	unsigned int same = 0, own = 0;

	for (unsigned int cpu = 1; cpu < cpus; cpu++) {
		smp_start(cpu, identify, &identities[cpu]);
		smp_wait_off(cpu, TIME_LIMIT);
	}
	identify(&identities[0]);
	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		const struct identity *id = &identities[cpu];

		own += (id->mpidr & 0xff) == cpu && id->targets == 1u << cpu;
		same += id->midr == first->midr && id->pfr0 == first->pfr0 &&
			id->isar0 == first->isar0 && id->mmfr0 == first->mmfr0 &&
			id->mmfr1 == first->mmfr1 && id->dfr0 == first->dfr0 &&
			id->ctr == first->ctr && id->clidr == first->clidr &&
			id->cntfrq == first->cntfrq;
	}
	check("own-identity", cpus, own);
	check("same-features", cpus, same);
}

/* All PEs have the same counter: a time that another PE reads later is not earlier. */
static volatile uint64_t stamp;

static void take_stamp(void *arg)
{
	(void)arg;
	stamp = timer_now();
}

static void one_time(void)
{
	unsigned int forward = 0;

	for (unsigned int i = 0; i < 10; i++) {
		uint64_t before = timer_now();

		smp_start(1, take_stamp, NULL);
		smp_wait_off(1, TIME_LIMIT);
		forward += before <= stamp && stamp <= timer_now();
	}
	check("counter-is-common", 10, forward);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	cpus = smp_count();
	if (!check_at_least("more-than-one-pe", 2, cpus))
		check_finish();
	entry();
	states();
	all_at_once();
	again_and_again();
	counting();
	pings();
	broadcast();
	same_everywhere();
	one_time();
	check_finish();
}
