// SPDX-License-Identifier: BSD-2-Clause
/*
 * Values that one partition leaves in a PE's registers must not be visible to the next one.
 * Command line: `show` prints the initial value of every register that can be read; `leave`
 * writes a different value to each. Two runs with `show` must print the same lines, whatever
 * has run on the PE between them.
 *
 * Both begin with debugging enabled (MDSCR_EL1.MDE), in case that makes more registers
 * accessible, and without traps of their own in CPACR_EL1.
 */

#include "bootargs.h"
#include "check.h"
#include "exc.h"
#include "printf.h"
#include "registers.h"
#include "smp.h"

/* Not written: registers that this program needs, or that would undo other writes. */
static const uint32_t kept[] = {
	REG(2, 0, 0, 2, 2),	/* MDSCR_EL1: software step */
	REG(2, 0, 1, 0, 4),	/* OSLAR_EL1: debugging would be out of use */
	REG(2, 0, 7, 9, 6),	/* DBGCLAIMCLR_EL1 takes back DBGCLAIMSET_EL1 */
	REG(3, 0, 1, 0, 0),	/* SCTLR_EL1 */
	REG(3, 0, 1, 0, 2),	/* CPACR_EL1 */
	REG(3, 0, 2, 0, 0),	/* TTBR0_EL1 */
	REG(3, 0, 2, 0, 1),	/* TTBR1_EL1 */
	REG(3, 0, 2, 0, 2),	/* TCR_EL1 */
	REG(3, 0, 10, 2, 0),	/* MAIR_EL1 */
	REG(3, 0, 12, 0, 0),	/* VBAR_EL1 */
	REG(3, 0, 13, 0, 4),	/* TPIDR_EL1: this PE's data */
};

/* Not shown: registers whose values differ with each read. */
static const uint32_t moving[] = {
	REG(3, 3, 2, 4, 0),	/* RNDR */
	REG(3, 3, 2, 4, 1),	/* RNDRRS */
	REG(3, 3, 14, 0, 1),	/* CNTPCT_EL0 */
	REG(3, 3, 14, 0, 2),	/* CNTVCT_EL0 */
	REG(3, 3, 14, 0, 5),	/* CNTPCTSS_EL0 */
	REG(3, 3, 14, 0, 6),	/* CNTVCTSS_EL0 */
	REG(3, 3, 14, 2, 0),	/* CNTP_TVAL_EL0 */
	REG(3, 3, 14, 3, 0),	/* CNTV_TVAL_EL0 */
};

/* PSTATE's fields (op0 3, CRn 4, CRm 2 and 3), which each exception replaces. */
static bool is_pstate(uint32_t reg)
{
	return reg >> 14 == 3 && (reg >> 7 & 15) == 4 &&
	       ((reg >> 3 & 15) == 2 || (reg >> 3 & 15) == 3);
}

static unsigned int show(void)
{
	unsigned int shown = 0;

	for (uint32_t reg = REG_FIRST; reg <= REG_LAST; reg++) {
		struct exc_record fault;
		uint64_t value;

		if (is_one_of(reg, moving, ARRAY_SIZE(moving)))
			continue;
		exc_catch(&fault);
		value = run(MRS(reg), 0);
		exc_release();
		if (fault.count)
			continue;
		printf("reg " REG_FORMAT " %lx\n", REG_FIELDS(reg), value);
		shown++;
	}
	return shown;
}

static unsigned int leave(void)
{
	unsigned int written = 0;

	for (uint32_t reg = REG_FIRST; reg <= REG_LAST; reg++) {
		struct exc_record fault;
		uint64_t value;
		bool readable;

		if (is_one_of(reg, kept, ARRAY_SIZE(kept)) || is_pstate(reg))
			continue;
		exc_catch(&fault);
		value = run(MRS(reg), 0);
		readable = !fault.count;
		/* Debug registers get ones: DBGCLAIMSET_EL1 reads as the bits that can be set. */
		run(MSR(reg), readable && reg >> 14 != 2 ? ~value : ~0ul);
		exc_release();
		written += fault.count == !readable;
	}
	return written;
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;
	sysreg_write(oslar_el1, 0);
	sysreg_write(mdscr_el1, 1 << 15);
	sysreg_write(cpacr_el1, sysreg_read(cpacr_el1) | 3ul << 16 | 3ul << 24);
	isb();
	if (bootarg_given("leave"))
		check_at_least("left", 50, leave());
	else
		check_at_least("shown", 100, show());
	check_finish();
}
