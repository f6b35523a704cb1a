// SPDX-License-Identifier: BSD-2-Clause
/*
 * Attacks the hypervisor from EL0, as a hostile program in a guest would, in AArch32 and
 * AArch64: accesses to devices and to unassigned addresses, and random words as instructions.
 * Each attempt must end in an exception at EL1 that the architecture allows from EL0, and
 * must leave EL1's state unchanged.
 *
 * Command line: seed=N (default: from the counter; it is printed) and rounds=N.
 */

#include "guests/test/el0.h"

#include "board.h"
#include "bootargs.h"
#include "check.h"
#include "exc.h"
#include "gic.h"
#include "mmu.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"

/* Where stage 1 maps EL0's pages: 2 to 3 GiB, which AArch32 can address too. */
#define BASE	0x80000000ul
#define CODE	(BASE + 0x0000) /* a page: the instructions, then SVCs */
#define DATA	(BASE + 0x2000)
#define RTC	(BASE + 0x4000)
#define NOBODY	(BASE + 0x5000)
#define GPIO	(BASE + 0x6000)
#define FETCH_NOBODY (BASE + 0x7000)
#define FETCH_RTC    (BASE + 0x8000)
#define KERNEL	0x40000000ul /* EL1's memory, not accessible at EL0 */

#define RTCMR	4 /* PL031: a register that reads back what was written */
#define PATTERN 0x89abcdefu

/* Bits of level-3 descriptors (DDI 0487 D8.3) */
#define PAGE	0x3ul
#define AF	(1ul << 10)
#define SHARED	(3ul << 8)
#define AP_EL0	(1ul << 6)
#define PXN	(1ul << 53)
#define UXN	(1ul << 54)
#define NORMAL	((uint64_t)MMU_NORMAL << 2)
#define FOR_EL0 (PAGE | AF | AP_EL0 | PXN)

#define SPSR_A64   0x340ul /* EL0t, D, A and F masked, I not */
#define SPSR_A32   0x150ul /* User, A and F masked */
#define SPSR_T32   (SPSR_A32 | 1 << 5)
#define SPSR_Z	   (1ul << 30)
#define SPSR_ITMASK 0x0600fc00ul

#define EC_FP32	      0x28
#define EC_IABT_LOWER 0x20
#define EC_DABT_LOWER 0x24
#define EC_SVC32      0x11
#define EC_BKPT32     0x38
#define EC_WFX	      0x01

/* The longest time at EL0 in microseconds: the timer ends loops. */
#define SLICE_US 20000

extern uint64_t mmu_root[];

static uint64_t level2[512] __attribute__((aligned(4096)));
static uint64_t level3[512] __attribute__((aligned(4096)));
static uint32_t code[PAGE_SIZE / 4] __attribute__((aligned(4096)));
static uint64_t data[PAGE_SIZE / 8] __attribute__((aligned(4096)));

static uint64_t random_state;

static uint64_t random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static void map(uintptr_t va, uint64_t ipa, uint64_t bits)
{
	level3[va / PAGE_SIZE % 512] = ipa | bits;
}

static void map_all(void)
{
	map(CODE, (uintptr_t)code, FOR_EL0 | SHARED | NORMAL);
	map(DATA, (uintptr_t)data, FOR_EL0 | SHARED | NORMAL | UXN);
	map(RTC, BOARD_PL031, FOR_EL0 | UXN);
	map(NOBODY, BOARD_NOBODY, FOR_EL0 | UXN);
	map(GPIO, BOARD_PL061, FOR_EL0 | UXN);
	/* Stage 1 allows instruction fetches here. */
	map(FETCH_NOBODY, BOARD_NOBODY, FOR_EL0 | NORMAL);
	map(FETCH_RTC, BOARD_PL031, FOR_EL0 | NORMAL);
	level2[0] = (uintptr_t)level3 | 3;
	mmu_root[BASE >> 30] = (uintptr_t)level2 | 3;
	/*
	 * A table replaces a block. No break-before-make (D8.14.1), as the block was never
	 * used; the TLBI removes entries that a speculative walk may have made.
	 */
	asm volatile("dsb ishst\n\ttlbi vmalle1is\n\tdsb ish\n\tisb" ::: "memory");
}

/* Writes the instructions to the page at CODE and fills the rest of it with SVCs. */
static void put_code(const uint32_t *words, unsigned int count, uint64_t spsr)
{
	uint32_t svc = spsr == SPSR_A64 ? 0xd4000001 : spsr & 1 << 5 ? 0xdf00df00 : 0xef000000;

	for (unsigned int i = 0; i < ARRAY_SIZE(code); i++)
		code[i] = i < count ? words[i] : svc;
	cache_sync_code(code, sizeof(code));
}

static bool ended_by_timer(const struct el0 *el0)
{
	return el0->vector == VECTOR_A64_IRQ || el0->vector == VECTOR_A32_IRQ;
}

/* Runs EL0 until an exception; the timer's interrupt ends code that does not end by itself. */
static void run(struct el0 *el0)
{
	timer_arm(timer_now() + timer_ticks(SLICE_US));
	el0_run(el0);
	timer_stop();
	if (ended_by_timer(el0))
		gic_eoi(gic_ack());
}

/*
 * For code that ends by itself: continues it after a timer interrupt, as on a busy host an
 * exit to the VMM may take longer than a slice.
 */
static void run_to_end(struct el0 *el0)
{
	for (unsigned int slices = 0; slices < 500; slices++) {
		run(el0);
		if (!ended_by_timer(el0))
			return;
	}
}

#define SCTLR_CP15BEN (1u << 5)

/* --- AArch32: instructions that the hypervisor has to emulate or to refuse ------------ */

/* One piece of code in each row. It begins with r1 = address, and r0 and r2 as given. */
static const struct {
	const char *name;
	uint64_t spsr;
	uint32_t words[3];
	uint32_t address;
	uint32_t r0, r2;       /* before */
	uint32_t ec;	       /* the exception that ended it */
	uint32_t offset;       /* its ELR - CODE; for an SVC that of the next instruction */
	uint32_t r0_after, r2_after, rtc; /* registers and RTCMR afterwards */
} pieces[] = {
	{ "a32-ldr", SPSR_A32, { 0xe5910000 }, RTC + RTCMR, 0, 0, EC_SVC32, 8, PATTERN, 0,
	  PATTERN },
	{ "a32-ldrb", SPSR_A32, { 0xe5d10000 }, RTC + RTCMR, 0, 0, EC_SVC32, 8, 0xef, 0, PATTERN },
	{ "a32-ldrh", SPSR_A32, { 0xe1d100b0 }, RTC + RTCMR, 0, 0, EC_SVC32, 8, 0xcdef, 0,
	  PATTERN },
	{ "a32-str", SPSR_A32, { 0xe5810000 }, RTC + RTCMR, 77, 0, EC_SVC32, 8, 77, 0, 77 },
	{ "a32-ldreq-fails", SPSR_A32, { 0x05910000 }, RTC + RTCMR, 5, 0, EC_SVC32, 8, 5, 0,
	  PATTERN },
	{ "a32-ldreq-passes", SPSR_A32 | SPSR_Z, { 0x05910000 }, RTC + RTCMR, 5, 0, EC_SVC32, 8,
	  PATTERN, 0, PATTERN },
	{ "a32-streq-fails", SPSR_A32, { 0x05810000 }, RTC + RTCMR, 5, 0, EC_SVC32, 8, 5, 0,
	  PATTERN },
	/* ldr r0, [r1] in its encodings of two and of four bytes */
	{ "t32-ldr-narrow", SPSR_T32, { 0xdf006808 }, RTC + RTCMR, 0, 0, EC_SVC32, 4, PATTERN, 0,
	  PATTERN },
	{ "t32-ldr-wide", SPSR_T32, { 0x0000f8d1 }, RTC + RTCMR, 0, 0, EC_SVC32, 6, PATTERN, 0,
	  PATTERN },
	{ "t32-str", SPSR_T32, { 0xdf006008 }, RTC + RTCMR, 66, 0, EC_SVC32, 4, 66, 0, 66 },
	/* ite eq; ldreq r0, [r1]; movne r2, #1 */
	{ "t32-it-then", SPSR_T32 | SPSR_Z, { 0x6808bf0c, 0xdf002201 }, RTC + RTCMR, 0, 9, EC_SVC32,
	  8, PATTERN, 9, PATTERN },
	{ "t32-it-else", SPSR_T32, { 0x6808bf0c, 0xdf002201 }, RTC + RTCMR, 3, 9, EC_SVC32, 8, 3, 1,
	  PATTERN },
	/* ittt eq; ldreq r0, [r1]; moveq r2, #1; ldreq r0, [r1] */
	{ "t32-it-three", SPSR_T32 | SPSR_Z, { 0x6808bf02, 0x68082201, 0xdf00df00 }, RTC + RTCMR, 0,
	  9, EC_SVC32, 10, PATTERN, 1, PATTERN },
	/* Not described by the syndrome: aborted, as the hypervisor does not decode AArch32. */
	{ "a32-ldr-writeback", SPSR_A32, { 0xe4910004 }, RTC + RTCMR, 5, 0, EC_DABT_LOWER, 0, 5, 0,
	  PATTERN },
	{ "a32-ldm", SPSR_A32, { 0xe891000c }, RTC + RTCMR, 5, 6, EC_DABT_LOWER, 0, 5, 6, PATTERN },
	{ "a32-ldrd", SPSR_A32, { 0xe1c120d0 }, RTC, 5, 6, EC_DABT_LOWER, 0, 5, 6, PATTERN },
	{ "a32-ldr-nobody", SPSR_A32, { 0xe5910000 }, NOBODY, 5, 0, EC_DABT_LOWER, 0, 5, 0,
	  PATTERN },
	{ "a32-str-nobody", SPSR_A32, { 0xe5810000 }, NOBODY, 5, 0, EC_DABT_LOWER, 0, 5, 0,
	  PATTERN },
	{ "t32-ldr-nobody", SPSR_T32, { 0xdf006808 }, NOBODY, 5, 0, EC_DABT_LOWER, 0, 5, 0,
	  PATTERN },
	{ "a32-ldr-kernel", SPSR_A32, { 0xe5910000 }, KERNEL, 5, 0, EC_DABT_LOWER, 0, 5, 0,
	  PATTERN },
	/* bx r2, to an address where nothing is, and to a device */
	{ "a32-fetch-nobody", SPSR_A32, { 0xe12fff12 }, 0, 5, FETCH_NOBODY, EC_IABT_LOWER,
	  FETCH_NOBODY - CODE, 5, FETCH_NOBODY, PATTERN },
	{ "a32-fetch-device", SPSR_A32, { 0xe12fff12 }, 0, 5, FETCH_RTC, EC_IABT_LOWER,
	  FETCH_RTC - CODE, 5, FETCH_RTC, PATTERN },
	/* HVC, SMC and MIDR are not accessible in User mode. */
	{ "a32-hvc", SPSR_A32, { 0xe1400070 }, 0, 5, 0, ESR_EC_UNKNOWN, 0, 5, 0, PATTERN },
	{ "a32-smc", SPSR_A32, { 0xe1600070 }, 0, 5, 0, ESR_EC_UNKNOWN, 0, 5, 0, PATTERN },
	{ "a32-midr", SPSR_A32, { 0xee100f10 }, 0, 5, 0, ESR_EC_UNKNOWN, 0, 5, 0, PATTERN },
	{ "a32-udf", SPSR_A32, { 0xe7f000f0 }, 0, 5, 0, ESR_EC_UNKNOWN, 0, 5, 0, PATTERN },
	{ "a32-bkpt", SPSR_A32, { 0xe1200070 }, 0, 5, 0, EC_BKPT32, 0, 5, 0, PATTERN },
	/* mrc p15, 0, r0, c13, c0, 3: TPIDRURO */
	{ "a32-tpidruro", SPSR_A32, { 0xee1d0f70 }, 0, 5, 0, EC_SVC32, 8, 0x1234, 0, PATTERN },
	/* mcr p15, 0, r0, c7, c10, 5: DMB, which is enabled (SCTLR_EL1.CP15BEN) */
	{ "a32-cp15-barrier", SPSR_A32, { 0xee070fba }, 0, 5, 0, EC_SVC32, 8, 5, 0, PATTERN },
	{ "a32-wfi", SPSR_A32, { 0xe320f003 }, 0, 5, 0, EC_WFX, 0, 5, 0, PATTERN },
};

static bool as_expected(const struct el0 *el0, unsigned int i)
{
	uint32_t rtc = mmio_read32(BOARD_PL031 + RTCMR);
	bool right = el0->vector == VECTOR_A32_SYNC && ESR_EC(el0->esr) == pieces[i].ec &&
		     el0->pc == CODE + pieces[i].offset && (uint32_t)el0->x[0] == pieces[i].r0_after &&
		     (uint32_t)el0->x[2] == pieces[i].r2_after && rtc == pieces[i].rtc;

	/* The code ran to its end, so that its IT block must be over. */
	if (pieces[i].ec == EC_SVC32 && el0->spsr & SPSR_ITMASK)
		right = false;
	if (pieces[i].ec == EC_DABT_LOWER && pieces[i].address != KERNEL &&
	    (ESR_FSC(el0->esr) != ESR_FSC_EXTERNAL || el0->far != pieces[i].address))
		right = false;
	if (!right)
		printf("%s: vector %lu ESR %lx PC %lx FAR %lx SPSR %lx r0 %lx r2 %lx RTCMR %x\n",
		       pieces[i].name, el0->vector, el0->esr, el0->pc, el0->far, el0->spsr,
		       el0->x[0], el0->x[2], rtc);
	return right;
}

static void aarch32(void)
{
	sysreg_write(tpidrro_el0, 0x1234);
	sysreg_write(sctlr_el1, sysreg_read(sctlr_el1) | SCTLR_CP15BEN);
	isb();
	for (unsigned int i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct el0 el0 = { .pc = CODE, .spsr = pieces[i].spsr };

		el0.x[0] = pieces[i].r0;
		el0.x[1] = pieces[i].address;
		el0.x[2] = pieces[i].r2;
		mmio_write32(BOARD_PL031 + RTCMR, PATTERN);
		put_code(pieces[i].words, ARRAY_SIZE(pieces[i].words), pieces[i].spsr);
		/* Words that are 0 in the table become SVCs. */
		for (unsigned int k = 1; k < ARRAY_SIZE(pieces[i].words); k++)
			if (!pieces[i].words[k])
				code[k] = code[ARRAY_SIZE(code) - 1];
		cache_sync_code(code, 16);
		run_to_end(&el0);
		check_true(pieces[i].name, as_expected(&el0, i));
	}
}

/* --- AArch64: registers that no guest has --------------------------------------------- */

/* PMU registers are UNDEFINED, as without a PMU, and do not trap to EL1 as EC 0x18. */
static void no_pmu(void)
{
	static const struct {
		const char *name;
		uint32_t word;
	} accesses[] = {
		{ "a64-mrs-pmcr", 0xd53b9c00 },
		{ "a64-mrs-pmccntr", 0xd53b9d00 },
		{ "a64-mrs-pmxevcntr", 0xd53b9d40 },
		{ "a64-mrs-pmuserenr", 0xd53b9e00 },
		{ "a64-msr-pmselr", 0xd51b9ca0 },
		{ "a64-msr-pmcntenset", 0xd51b9c20 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(accesses); i++) {
		struct el0 el0 = { .pc = CODE, .spsr = SPSR_A64 };

		put_code(&accesses[i].word, 1, SPSR_A64);
		run_to_end(&el0);
		check(accesses[i].name, ESR_EC_UNKNOWN, ESR_EC(el0.esr));
		check_true("a64-pmu-at-the-access", el0.pc == CODE && el0.vector == VECTOR_A64_SYNC);
	}
}

/* --- random words --------------------------------------------------------------------- */

/* Exception classes that EL0 can cause at EL1 (DDI 0487 D17.2.37). */
static bool is_el0s(unsigned int ec)
{
	static const uint8_t classes[] = { 0x00, 0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0c,
					   0x0d, 0x0e, 0x11, 0x15, 0x18, 0x19, 0x20, 0x22, 0x24,
					   0x26, 0x28, 0x2c, 0x30, 0x32, 0x34, 0x38, 0x3c };

	for (unsigned int i = 0; i < sizeof(classes); i++)
		if (classes[i] == ec)
			return true;
	return false;
}

static uint64_t address(void)
{
	static const uint64_t places[] = { CODE, DATA, RTC, NOBODY, GPIO, FETCH_NOBODY, FETCH_RTC,
					   KERNEL, 0, BASE + 0x100000, 0xffff000000000000 };

	return places[random() % ARRAY_SIZE(places)] + (random() % 4 ? 0 : random() % 0x1000);
}

/* Registers of EL1 that EL0 cannot change. */
static uint64_t own_state(void)
{
	return sysreg_read(sctlr_el1) ^ sysreg_read(ttbr0_el1) ^ sysreg_read(tcr_el1) ^
	       sysreg_read(vbar_el1) ^ sysreg_read(mair_el1) ^ sysreg_read(cpacr_el1) ^
	       sysreg_read(mdscr_el1) ^ sysreg_read(contextidr_el1);
}

static void random_words(const char *name, const char *name_through, const char *name_el1,
			 uint64_t spsr, uint64_t rounds)
{
	uint64_t before = own_state(), undefined = 0, aborts = 0, calls = 0, irqs = 0, wrong = 0;

	for (uint64_t round = 0; round < rounds; round++) {
		struct el0 el0 = { .pc = CODE, .sp = DATA + 0x800, .spsr = spsr };
		uint32_t words[4];
		unsigned int ec;

		for (unsigned int i = 0; i < 31; i++)
			el0.x[i] = random() % 4 ? address() : random();
		for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
			words[i] = (uint32_t)random();
		/* Every other round begins with any A64 load or store (C4.1.88). */
		if (spsr == SPSR_A64 && round % 2)
			words[0] = (words[0] & ~0x0a000000u) | 0x08000000u;
		/* A single word is more often executed to its end than four in a row. */
		put_code(words, round % 4 ? 1 : ARRAY_SIZE(words), spsr);
		run(&el0);
		ec = ESR_EC(el0.esr);
		if (ended_by_timer(&el0)) {
			irqs++;
			continue;
		}
		undefined += ec == ESR_EC_UNKNOWN;
		aborts += ec == EC_DABT_LOWER || ec == EC_IABT_LOWER;
		calls += ec == ESR_EC_SVC || ec == EC_SVC32;
		if (is_el0s(ec) && (el0.vector == VECTOR_A64_SYNC || el0.vector == VECTOR_A32_SYNC))
			continue;
		if (wrong++ < 10)
			printf("%s: %08x %08x %08x %08x: vector %lu ESR %lx PC %lx\n", name, words[0],
			       words[1], words[2], words[3], el0.vector, el0.esr, el0.pc);
	}
	printf("%s: %lu undefined, %lu aborts, %lu went through, %lu ended by the timer\n", name,
	       undefined, aborts, calls, irqs);
	check(name, 0, wrong);
	check_at_least(name_through, 1, calls);
	check(name_el1, before, own_state());
}

void PartitionMain(uintptr_t device_tree)
{
	uint64_t rounds = bootarg_number("rounds", 2000);

	(void)device_tree;
	irq_disable();
	random_state = bootarg_number("seed", timer_now()) | 1;
	printf("seed=%lu rounds=%lu\n", random_state, rounds);
	map_all();
	gic_enable(BOARD_INTID_VTIMER);
	if ((sysreg_read(id_aa64pfr0_el1) & 0xf) == 2)
		aarch32();
	else
		check_skip("aarch32", "no AArch32 at EL0 here");
	no_pmu();
	random_words("a64", "a64-some-went-through", "a64-el1-as-it-was", SPSR_A64, rounds);
	if ((sysreg_read(id_aa64pfr0_el1) & 0xf) == 2) {
		random_words("a32", "a32-some-went-through", "a32-el1-as-it-was", SPSR_A32, rounds);
		random_words("t32", "t32-some-went-through", "t32-el1-as-it-was", SPSR_T32, rounds);
	}
	check_finish();
}
