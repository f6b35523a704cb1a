// SPDX-License-Identifier: BSD-2-Clause
/*
 * Exits of every kind must keep the FP and SIMD registers. Runs on all PEs at once, each with
 * its own values; the test harness runs programs that use FP on the host meanwhile.
 */

#include "check.h"
#include "exc.h"
#include "gic.h"
#include "printf.h"
#include "psci.h"
#include "smp.h"
#include "timer.h"

#define TIME_LIMIT 60000 /* ms */
#define ROUNDS	   60

struct fp_state {
	uint64_t q[32][2];
	uint64_t fpcr;
	uint64_t fpsr;
};

static void fp_load(const struct fp_state *state)
{
	asm volatile("	mov	x1, %0\n"
		     "	ld1	{v0.2d-v3.2d}, [x1], #64\n"
		     "	ld1	{v4.2d-v7.2d}, [x1], #64\n"
		     "	ld1	{v8.2d-v11.2d}, [x1], #64\n"
		     "	ld1	{v12.2d-v15.2d}, [x1], #64\n"
		     "	ld1	{v16.2d-v19.2d}, [x1], #64\n"
		     "	ld1	{v20.2d-v23.2d}, [x1], #64\n"
		     "	ld1	{v24.2d-v27.2d}, [x1], #64\n"
		     "	ld1	{v28.2d-v31.2d}, [x1], #64\n"
		     "	ldp	x2, x3, [x1]\n"
		     "	msr	fpcr, x2\n"
		     "	msr	fpsr, x3\n" ::"r"(state)
		     : "x1", "x2", "x3", "memory");
}

static void fp_store(struct fp_state *state)
{
	asm volatile("	mov	x1, %0\n"
		     "	st1	{v0.2d-v3.2d}, [x1], #64\n"
		     "	st1	{v4.2d-v7.2d}, [x1], #64\n"
		     "	st1	{v8.2d-v11.2d}, [x1], #64\n"
		     "	st1	{v12.2d-v15.2d}, [x1], #64\n"
		     "	st1	{v16.2d-v19.2d}, [x1], #64\n"
		     "	st1	{v20.2d-v23.2d}, [x1], #64\n"
		     "	st1	{v24.2d-v27.2d}, [x1], #64\n"
		     "	st1	{v28.2d-v31.2d}, [x1], #64\n"
		     "	mrs	x2, fpcr\n"
		     "	mrs	x3, fpsr\n"
		     "	stp	x2, x3, [x1]\n" ::"r"(state)
		     : "x1", "x2", "x3", "memory");
}

static void fill(struct fp_state *state, uint64_t seed)
{
	for (unsigned int i = 0; i < 32; i++) {
		state->q[i][0] = seed * 0x9e3779b97f4a7c15ul + i;
		state->q[i][1] = ~state->q[i][0];
	}
	state->fpcr = (seed & 3) << 22;	       /* RMode */
	state->fpsr = (seed >> 2 & 0x1f) | 1u << 27; /* exception flags, QC */
}

static unsigned int differences(const struct fp_state *a, const struct fp_state *b)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < 32; i++)
		count += a->q[i][0] != b->q[i][0] || a->q[i][1] != b->q[i][1];
	return count + (a->fpcr != b->fpcr) + (a->fpsr != b->fpsr);
}

static void hypercall(void)
{
	psci_call(PSCI_VERSION, 0, 0, 0);
}

static void vmm_exit(void)
{
	mmio_read32(BOARD_PL031);
}

static void gic_exit(void)
{
	mmio_read32(GICD_TYPER);
}

static void sleep(void)
{
	timer_arm(timer_now() + timer_ticks(300));
	wfi();
	timer_stop();
}

static void busy(void)
{
	timer_delay(2000); /* the host's tick interrupts some of these */
}

static const struct {
	const char *name;
	void (*leave)(void);
} exits[] = {
	{ "fp-over-hypercall", hypercall }, { "fp-over-vmm-exit", vmm_exit },
	{ "fp-over-gic-exit", gic_exit },   { "fp-over-wfi", sleep },
	{ "fp-over-host-tick", busy },
};

static unsigned int wrong[SMP_MAX][ARRAY_SIZE(exits)];
static unsigned int first_use[SMP_MAX];

static void run(void *arg)
{
	static struct fp_state states[SMP_MAX][2];
	static const struct fp_state zero;
	unsigned int cpu = smp_id();
	struct fp_state *before = &states[cpu][0], *after = &states[cpu][1];

	(void)arg;
	/* At first the registers must be 0, without any values of the host. */
	fp_store(after);
	first_use[cpu] = differences(&zero, after);
	gic_enable(BOARD_INTID_VTIMER);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(exits); i++) {
			fill(before, round * 1000 + i * 100 + cpu + 1);
			fp_load(before);
			exits[i].leave();
			/* Every other round a second exit, with the registers not used since. */
			if (round % 2)
				exits[i].leave();
			fp_store(after);
			wrong[cpu][i] += differences(before, after);
		}
	}
}

/* A trap that the guest sets in CPACR_EL1.FPEN goes to EL1, not to EL2. */
static void own_trap(void)
{
	struct exc_record fault;
	struct fp_state before, after;

	fill(&before, 99);
	fp_load(&before);
	sysreg_write(cpacr_el1, 0);
	isb();
	exc_catch(&fault);
	asm volatile("fmov x1, d0" ::: "x1");
	exc_release();
	hypercall();
	check("own-trap", ESR_EC_FP, ESR_EC(fault.esr));
	check("own-trap-kept-over-exit", 0, sysreg_read(cpacr_el1) >> 20 & 3);
	sysreg_write(cpacr_el1, 3u << 20);
	isb();
	fp_store(&after);
	check("own-trap-registers", 0, differences(&before, &after));
}

void PartitionMain(uintptr_t device_tree)
{
	unsigned int cpus = smp_count(), dirty = 0;

	(void)device_tree;
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		smp_start(cpu, run, NULL);
	run(NULL);
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		check_true("other-pe-finished", smp_wait_off(cpu, TIME_LIMIT));
	for (unsigned int i = 0; i < ARRAY_SIZE(exits); i++) {
		unsigned int sum = 0;

		for (unsigned int cpu = 0; cpu < cpus; cpu++)
			sum += wrong[cpu][i];
		check(exits[i].name, 0, sum);
	}
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		dirty += first_use[cpu];
	check("fp-zero-at-first", 0, dirty);
	own_trap();
	check_finish();
}
