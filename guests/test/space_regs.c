// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a partition may try with its PE: every encoding of a system register
 * read and written, caches by set and way, SMC and HVC with random numbers, the
 * distributor at every offset. Each comes back as a value, as nothing, or as an
 * exception here; never as anything else.
 */

#include "board.h"
#include "check.h"
#include "exc.h"
#include "gic.h"
#include "mmu.h"
#include "printf.h"
#include "psci.h"
#include "smp.h"
#include "timer.h"
#include "uapi/hvk_para.h"

#define NOP 0xd503201fu
#define RET 0xd65f03c0u

/* MRS x0 and MSR of S<op0>_<op1>_C<n>_C<m>_<op2> (DDI 0487 C6.2). */
#define MRS(op) (0xd5200000u | (op) << 5)
#define MSR(op) (0xd5000000u | (op) << 5)
#define REG(op0, op1, crn, crm, op2) \
	((uint32_t)(op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

/* What this program stands on: a write would end it, rightly. */
static const uint32_t own[] = {
	REG(3, 0, 1, 0, 0),	/* SCTLR_EL1 */
	REG(3, 0, 1, 0, 2),	/* CPACR_EL1 */
	REG(3, 0, 2, 0, 0),	/* TTBR0_EL1 */
	REG(3, 0, 2, 0, 1),	/* TTBR1_EL1 */
	REG(3, 0, 2, 0, 2),	/* TCR_EL1 */
	REG(3, 0, 4, 2, 0),	/* SPSel */
	REG(3, 0, 10, 2, 0),	/* MAIR_EL1 */
	REG(3, 0, 12, 0, 0),	/* VBAR_EL1 */
	REG(3, 3, 4, 2, 1),	/* DAIF */
	REG(2, 0, 0, 2, 2),	/* MDSCR_EL1: software step */
};

/* A function of its own: one instruction, then back. RAM behind the image can be executed. */
extern uint32_t image_end[];
static uint32_t *const code = image_end;

static uint64_t random_state;

static uint64_t random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint64_t run(uint32_t instruction, uint64_t x0)
{
	code[0] = instruction;
	code[1] = RET;
	cache_sync_code(code, 2 * sizeof(*code));

	/* Bound after the last call, which may clobber it. */
	register uint64_t value asm("x0") = x0;

	asm volatile("blr %1" : "+r"(value) : "r"(code) : "x30", "memory", "cc");
	return value;
}

static bool is_own(uint32_t reg)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(own); i++)
		if (own[i] == reg)
			return true;
	return false;
}

static void system_registers(void)
{
	unsigned int values = 0, undefined = 0, other = 0, written = 0;
	struct exc_record fault;

	for (uint32_t reg = REG(2, 0, 0, 0, 0); reg <= REG(3, 7, 15, 15, 7); reg++) {
		uint64_t value;

		exc_catch(&fault);
		value = run(MRS(reg), 0);
		exc_release();
		if (!fault.count)
			values++;
		else if (ESR_EC(fault.esr) == ESR_EC_UNKNOWN)
			undefined++;
		else if (!other++)
			printf("read of %x: ESR %lx\n", reg, fault.esr);
		if (is_own(reg))
			continue;
		/* What it had; what was not readable, at random. */
		exc_catch(&fault);
		run(MSR(reg), fault.count ? random() : value);
		exc_release();
		if (!fault.count)
			written++;
		else if (ESR_EC(fault.esr) != ESR_EC_UNKNOWN && !other++)
			printf("write of %x: ESR %lx\n", reg, fault.esr);
	}
	timer_stop();
	printf("registers: %u read as a value, %u undefined, %u written\n", values, undefined,
	       written);
	check("only-values-and-undefined", 0, other);
	check_at_least("some-are-there", 100, values);
	check_at_least("most-are-not", 30000, undefined);
}

/* Each set and way of the first levels: trapped, but never refused. */
static void set_way(void)
{
	struct exc_record fault;

	exc_catch(&fault);
	for (uint64_t level = 0; level < 2; level++)
		for (uint64_t way = 0; way < 4; way++)
			for (uint64_t set = 0; set < 64; set++) {
				uint64_t arg = way << 30 | set << 6 | level << 1;

				asm volatile("dc cisw, %0\n\tdc csw, %0\n\tdc isw, %0" ::"r"(arg)
					     : "memory");
			}
	exc_release();
	check("set-and-way", 0, fault.count);
}

/* Calls that would rightly end or stop this PE. */
static bool is_final(uint32_t function)
{
	if (function == HVK_PARA_WAIT || function == HVK_PARA_HALT || function == HVK_PARA_REBOOT)
		return true;
	switch (function & ~(1u << 30)) {
	case PSCI_CPU_SUSPEND & ~(1u << 30):
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON & ~(1u << 30):
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_SYSTEM_RESET2 & ~(1u << 30):
		return true;
	default:
		return false;
	}
}

/* x0 of each range of DEN0028, with every number that is near to something. */
static void calls(void)
{
	unsigned int bad = 0, answers = 0;

	for (unsigned int i = 0; i < 6000; i++) {
		uint64_t r = random();
		uint32_t function = i % 3 ? 0x80000000u | (r & 0x4f00007f) : (uint32_t)r;
		struct exc_record fault;
		struct smccc regs;

		if (is_final(function))
			continue;
		for (unsigned int n = 0; n < 18; n++)
			regs.x[n] = random();
		regs.x[0] = function;
		exc_catch(&fault);
		if (i % 2)
			smccc_hvc(&regs);
		else
			smccc_smc(&regs);
		exc_release();
		bad += fault.count != 0;
		answers += regs.x[0] != (uint64_t)-1;
	}
	printf("calls: %u were answered with something else than NOT_SUPPORTED\n", answers);
	check("calls-return", 0, bad);
}

/* Every offset, in every width that the bus has; the partition's own, nobody's else. */
static void distributor(void)
{
	struct exc_record fault;
	unsigned int aborts = 0;

	for (uintptr_t offset = 0; offset < 0x1000; offset += 4) {
		uint32_t value;

		exc_catch(&fault);
		value = mmio_read32(BOARD_GICD + offset);
		exc_release();
		aborts += fault.count;
		exc_catch(&fault);
		mmio_write32(BOARD_GICD + offset, (uint32_t)random());
		mmio_write32(BOARD_GICD + offset, value);
		exc_release();
		aborts += fault.count;
		exc_catch(&fault);
		mmio_read8(BOARD_GICD + offset + random() % 4);
		exc_release();
		aborts += fault.count;
	}
	gic_init();
	printf("distributor: %u accesses aborted\n", aborts);
	check("distributor-still-there", 1, mmio_read32(GICD_CTLR));
	check_at_least("distributor-has-spis", 1, mmio_read32(GICD_TYPER) & 0x1f);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;
	random_state = timer_now() | 1;
	printf("seed %lx\n", random_state);
	system_registers();
	set_way();
	calls();
	distributor();
	check_finish();
}
