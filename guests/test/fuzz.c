// SPDX-License-Identifier: BSD-2-Clause
/*
 * Random instructions at EL1, with registers that point to RAM, devices, unassigned pages and
 * other IPAs. Each instruction is executed or causes an exception at EL1. The partition must
 * reach its end, and other partitions must not be affected.
 *
 * Command line: seed=N (default: from the counter; it is printed) and rounds=N.
 */

#include "board.h"
#include "bootargs.h"
#include "check.h"
#include "exc.h"
#include "mmu.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"

#define SCRATCH_SIZE 0x200000ul

/* The VA at which fuzz_run.S is writable and executable; address() does not return it. */
#define CODE (MMU_WINDOW + 0x100000)

/* The UART's control register, set again at the end, as it may have any value by then. */
#define UARTCR	  (BOARD_PL011 + 0x30)
#define UARTCR_ON 0x301u

typedef void run_function(uint64_t x[31]);
extern char fuzz_run[], fuzz_slot[];
extern char image_end[];

static uint64_t random_state;

static uint64_t random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/*
 * Instructions that would end this program under any hypervisor, and rightly: those with
 * (word & mask) == value. DDI 0487 C4.1.
 */
static const struct {
	uint32_t mask, value;
} suicidal[] = {
	{ 0x7c000000, 0x14000000 },	/* B, BL */
	{ 0xfe000000, 0x54000000 },	/* B.cond */
	{ 0x7e000000, 0x34000000 },	/* CBZ, CBNZ */
	{ 0x7e000000, 0x36000000 },	/* TBZ, TBNZ */
	{ 0xfe000000, 0xd6000000 },	/* BR, BLR, RET, ERET, DRPS */
	{ 0xffe0001f, 0xd4000002 },	/* HVC: space_regs.c calls */
	{ 0xffe0001f, 0xd4000003 },	/* SMC */
	{ 0xfffff01f, 0xd503201f },	/* hints: WFE, WFI */
	{ 0xfffff000, 0xd5031000 },	/* WFET, WFIT */
	{ 0xfff8f01f, 0xd500401f },	/* MSR immediate: SPSel, DAIF, PAN */
	{ 0xfff00000, 0xd5100000 },	/* MSR register: space_regs.c writes them */
	{ 0xfff80000, 0xd5080000 },	/* SYS: DC ZVA, AT, TLBI; see sys_ops */
};

/* System instructions that are executed, with any address. */
static const uint32_t sys_ops[] = {
	0xd50b7420,	/* DC ZVA */
	0xd50b7a20,	/* DC CVAC */
	0xd50b7b20,	/* DC CVAU */
	0xd50b7e20,	/* DC CIVAC */
	0xd5087620,	/* DC IVAC */
	0xd50b7520,	/* IC IVAU */
	0xd5087800,	/* AT S1E1R */
	0xd5087820,	/* AT S1E1W */
	0xd5087840,	/* AT S1E0R */
	0xd5088320,	/* TLBI VAE1IS */
	0xd5088720,	/* TLBI VAE1 */
	0xd508831f,	/* TLBI VMALLE1IS */
};

static bool usable(uint32_t word)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(suicidal); i++)
		if ((word & suicidal[i].mask) == suicidal[i].value)
			return false;
	/* No use of SP, which the exception vectors need. */
	if ((word >> 5 & 31) == 31 || (word & 31) == 31)
		return false;
	return true;
}

/* Any load or store: single, pair, exclusive, atomic or SIMD (C4.1.88). */
static uint32_t memory_access(void)
{
	return ((uint32_t)random() & ~0x0a000000u) | 0x08000000u;
}

static uint32_t instruction(unsigned int round)
{
	uint32_t word;

	if (round % 16 == 0)
		return sys_ops[random() % ARRAY_SIZE(sys_ops)] | (random() % 31);
	do {
		word = round % 4 ? memory_access() : (uint32_t)random();
	} while (!usable(word));
	return word;
}

/* A random address; not within this image, which must survive to report. */
static uint64_t address(void)
{
	static const uint64_t places[] = { 0,	       BOARD_GICD,  BOARD_GICC,	     BOARD_PL011,
					   BOARD_PL031, BOARD_PL061, BOARD_NOBODY,
					   0xff000000,	0x4000000000, 0xffff000000000000 };
	uint64_t r = random();

	switch (r % 4) {
	case 0:
		return places[r / 4 % ARRAY_SIZE(places)] + (random() & 0xfff);
	case 1:
		return r | 1ul << 40;
	default:
		return (uintptr_t)image_end + SCRATCH_SIZE / 2 + random() % (SCRATCH_SIZE / 4);
	}
}

void PartitionMain(uintptr_t device_tree)
{
	uint64_t rounds = bootarg_number("rounds", 20000), executed = 0, undefined = 0, aborts = 0;
	run_function *run = (run_function *)(CODE + (uintptr_t)fuzz_run % PAGE_SIZE);
	uint32_t *slot = (uint32_t *)(CODE + (uintptr_t)fuzz_slot % PAGE_SIZE);
	struct exc_record fault;
	uint64_t x[31];

	(void)device_tree;
	mmu_map(CODE, (uintptr_t)fuzz_run & ~(PAGE_SIZE - 1), MMU_NORMAL, 0);
	random_state = bootarg_number("seed", timer_now()) | 1;
	printf("seed=%lu rounds=%lu\n", random_state, rounds);
	for (uint64_t round = 0; round < rounds; round++) {
		for (unsigned int i = 0; i < 31; i++)
			x[i] = random() % 4 ? address() : random() & 0xff;
		*slot = instruction((unsigned int)round);
		cache_sync_code(slot, 4);
		exc_catch(&fault);
		exc_count_serrors(true);
		run(x);
		exc_count_serrors(false);
		exc_release();
		if (!fault.count)
			executed++;
		else if (ESR_EC(fault.esr) == ESR_EC_UNKNOWN)
			undefined++;
		else
			aborts++;
	}
	mmio_write32(UARTCR, UARTCR_ON);
	printf("\nexecuted %lu, undefined %lu, other exceptions %lu\n", executed, undefined,
	       aborts);
	check_at_least("some-executed", rounds / 100, executed);
	check_at_least("some-refused", rounds / 100, undefined + aborts);
	check_finish();
}
