// SPDX-License-Identifier: BSD-2-Clause
/*
 * Everything that a partition may try with its PE: reads and writes of every system register
 * encoding, cache maintenance by set and way, SMC and HVC with random function numbers, and
 * every offset of the distributor. Each attempt must return a value, have no effect, or cause
 * an exception at EL1.
 */

#include "board.h"
#include "check.h"
#include "exc.h"
#include "gic.h"
#include "mmu.h"
#include "printf.h"
#include "psci.h"
#include "registers.h"
#include "smp.h"
#include "timer.h"
#include "uapi/hvk_para.h"

/* Not written: registers that this program needs. */
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

/*
 * All registers that a partition may access: its own state, registers that the module
 * emulates, and constants of the PE. may_be_reached() adds ID registers and DBGBVRn_EL1,
 * DBGBCRn_EL1, DBGWVRn_EL1 and DBGWCRn_EL1.
 */
static const uint32_t reachable[] = {
	REG(2, 0, 0, 0, 2),	/* OSDTRRX_EL1 */
	REG(2, 0, 0, 2, 0),	/* MDCCINT_EL1 */
	REG(2, 0, 0, 2, 2),	/* MDSCR_EL1 */
	REG(2, 0, 0, 3, 2),	/* OSDTRTX_EL1 */
	REG(2, 0, 0, 6, 2),	/* OSECCR_EL1 */
	REG(2, 0, 1, 0, 0),	/* MDRAR_EL1 */
	REG(2, 0, 1, 0, 4),	/* OSLAR_EL1 */
	REG(2, 0, 1, 1, 4),	/* OSLSR_EL1 */
	REG(2, 0, 1, 3, 4),	/* OSDLR_EL1 */
	REG(2, 0, 1, 4, 4),	/* DBGPRCR_EL1 */
	REG(2, 0, 7, 8, 6),	/* DBGCLAIMSET_EL1 */
	REG(2, 0, 7, 9, 6),	/* DBGCLAIMCLR_EL1 */
	REG(2, 0, 7, 14, 6),	/* DBGAUTHSTATUS_EL1 */
	REG(2, 3, 0, 1, 0),	/* MDCCSR_EL0 */
	REG(2, 3, 0, 4, 0),	/* DBGDTR_EL0 */
	REG(2, 3, 0, 5, 0),	/* DBGDTRRX_EL0, DBGDTRTX_EL0 */
	REG(3, 0, 0, 0, 0),	/* MIDR_EL1 */
	REG(3, 0, 0, 0, 5),	/* MPIDR_EL1 */
	REG(3, 0, 0, 0, 6),	/* REVIDR_EL1 */
	REG(3, 0, 1, 0, 0),	/* SCTLR_EL1 */
	REG(3, 0, 1, 0, 1),	/* ACTLR_EL1 */
	REG(3, 0, 1, 0, 2),	/* CPACR_EL1 */
	REG(3, 0, 2, 0, 0),	/* TTBR0_EL1 */
	REG(3, 0, 2, 0, 1),	/* TTBR1_EL1 */
	REG(3, 0, 2, 0, 2),	/* TCR_EL1 */
	REG(3, 0, 4, 0, 0),	/* SPSR_EL1 */
	REG(3, 0, 4, 0, 1),	/* ELR_EL1 */
	REG(3, 0, 4, 1, 0),	/* SP_EL0 */
	REG(3, 0, 4, 2, 0),	/* SPSel; this and those up to TCO are in SPSR_EL2 at an exit */
	REG(3, 0, 4, 2, 2),	/* CurrentEL */
	REG(3, 0, 4, 2, 3),	/* PAN */
	REG(3, 0, 4, 2, 4),	/* UAO */
	REG(3, 0, 4, 3, 0),	/* ALLINT */
	REG(3, 3, 4, 2, 0),	/* NZCV */
	REG(3, 3, 4, 2, 1),	/* DAIF */
	REG(3, 3, 4, 2, 5),	/* DIT */
	REG(3, 3, 4, 2, 6),	/* SSBS */
	REG(3, 3, 4, 2, 7),	/* TCO */
	REG(3, 0, 5, 1, 0),	/* AFSR0_EL1 */
	REG(3, 0, 5, 1, 1),	/* AFSR1_EL1 */
	REG(3, 0, 5, 2, 0),	/* ESR_EL1 */
	REG(3, 0, 6, 0, 0),	/* FAR_EL1 */
	REG(3, 0, 7, 4, 0),	/* PAR_EL1 */
	REG(3, 0, 10, 2, 0),	/* MAIR_EL1 */
	REG(3, 0, 10, 3, 0),	/* AMAIR_EL1 */
	REG(3, 0, 12, 0, 0),	/* VBAR_EL1 */
	REG(3, 0, 12, 1, 0),	/* ISR_EL1 */
	REG(3, 0, 12, 1, 1),	/* DISR_EL1, which cannot be trapped */
	REG(3, 0, 13, 0, 1),	/* CONTEXTIDR_EL1 */
	REG(3, 0, 13, 0, 4),	/* TPIDR_EL1 */
	REG(3, 0, 14, 1, 0),	/* CNTKCTL_EL1 */
	REG(3, 1, 0, 0, 0),	/* CCSIDR_EL1 */
	REG(3, 1, 0, 0, 1),	/* CLIDR_EL1 */
	REG(3, 1, 0, 0, 2),	/* CCSIDR2_EL1 */
	REG(3, 1, 0, 0, 7),	/* AIDR_EL1 */
	REG(3, 2, 0, 0, 0),	/* CSSELR_EL1 */
	REG(3, 3, 0, 0, 1),	/* CTR_EL0 */
	REG(3, 3, 0, 0, 7),	/* DCZID_EL0 */
	REG(3, 3, 2, 4, 0),	/* RNDR: random for each reader */
	REG(3, 3, 2, 4, 1),	/* RNDRRS */
	REG(3, 3, 4, 4, 0),	/* FPCR */
	REG(3, 3, 4, 4, 1),	/* FPSR */
	REG(3, 3, 13, 0, 2),	/* TPIDR_EL0 */
	REG(3, 3, 13, 0, 3),	/* TPIDRRO_EL0 */
	REG(3, 3, 14, 0, 0),	/* CNTFRQ_EL0 */
	REG(3, 3, 14, 0, 1),	/* CNTPCT_EL0 */
	REG(3, 3, 14, 0, 2),	/* CNTVCT_EL0 */
	REG(3, 3, 14, 0, 5),	/* CNTPCTSS_EL0 */
	REG(3, 3, 14, 0, 6),	/* CNTVCTSS_EL0 */
	REG(3, 3, 14, 2, 0),	/* CNTP_TVAL_EL0 */
	REG(3, 3, 14, 2, 1),	/* CNTP_CTL_EL0 */
	REG(3, 3, 14, 2, 2),	/* CNTP_CVAL_EL0 */
	REG(3, 3, 14, 3, 0),	/* CNTV_TVAL_EL0 */
	REG(3, 3, 14, 3, 1),	/* CNTV_CTL_EL0 */
	REG(3, 3, 14, 3, 2),	/* CNTV_CVAL_EL0 */
};

static bool may_be_reached(uint32_t reg)
{
	if (reg >= REG(3, 0, 0, 1, 0) && reg <= REG(3, 0, 0, 7, 7))
		return true;
	if (reg <= REG(2, 0, 0, 15, 7) && (reg & 4))
		return true;
	return is_one_of(reg, reachable, ARRAY_SIZE(reachable));
}

static uint64_t random_state;

static uint64_t random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* With FEAT_IDST, unallocated encodings in the space of ID registers have EC 0x18. */
static bool is_undefined(uint32_t reg, const struct exc_record *fault)
{
	return ESR_EC(fault->esr) == ESR_EC_UNKNOWN ||
	       (ESR_EC(fault->esr) == ESR_EC_SYSREG && reg >> 14 == 3 && !(reg >> 7 & 15));
}

static void system_registers(void)
{
	unsigned int values = 0, undefined = 0, other = 0, written = 0, strange = 0;
	struct exc_record fault;

	/* No traps by CPACR_EL1.ZEN and SMEN, which would come before the hypervisor's. */
	sysreg_write(cpacr_el1, sysreg_read(cpacr_el1) | 3ul << 16 | 3ul << 24);
	isb();
	for (uint32_t reg = REG_FIRST; reg <= REG_LAST; reg++) {
		bool reached;
		uint64_t value;

		exc_catch(&fault);
		value = run(MRS(reg), 0);
		exc_release();
		reached = !fault.count;
		if (!fault.count)
			values++;
		else if (is_undefined(reg, &fault))
			undefined++;
		else if (!other++)
			printf("read of %x: ESR %lx\n", reg, fault.esr);
		if (is_one_of(reg, own, ARRAY_SIZE(own)))
			continue;
		/* Writes the value that was read, or a random one if it was not readable. */
		exc_catch(&fault);
		run(MSR(reg), reached ? value : random());
		exc_release();
		if (!fault.count)
			written++;
		else if (!is_undefined(reg, &fault) && !other++)
			printf("write of %x: ESR %lx\n", reg, fault.esr);
		if ((reached || !fault.count) && !may_be_reached(reg)) {
			printf("reached: " REG_FORMAT "\n", REG_FIELDS(reg));
			strange++;
		}
	}
	timer_stop();
	printf("registers: %u read as a value, %u undefined, %u written\n", values, undefined,
	       written);
	check("only-values-and-undefined", 0, other);
	check("reaches-only-its-own", 0, strange);
	check_at_least("some-are-there", 100, values);
	check_at_least("most-are-not", 30000, undefined);
}

/* Maintenance of sets and ways of the first two levels traps, and must be accepted. */
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

/* Calls that would rightly stop this PE or end the partition. */
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

/* Random calls: two thirds in DEN0028's ranges with low function numbers, others anywhere. */
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

/* The partition's own distributor: accesses of 32 and 8 bits at every offset. */
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
