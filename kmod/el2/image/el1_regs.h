/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The EL1 registers of host and guest, for the world switch (EL2, interrupts masked). Each
 * function moves registers between this PE and a sys[], two at a time: neighbours in enum
 * hvk_sys, for which the compiler then uses one LDP or STP.
 *
 * In the host the module calls RUN from a thread's context, with interrupts masked. The
 * registers of the second group, `passing`, hold nothing of the kernel's there: it reads
 * ESR, FAR, ELR and SPSR as an exception begins and writes the latter two before the ERET
 * that uses them; it writes CSSELR before it reads CCSIDR, and executes AT before it reads
 * PAR, with no call in between; it does not use AFSR. So the host's values are neither
 * saved nor loaded, and after an exit the kernel finds a guest's there.
 */
#ifndef HVK_EL1_REGS_H
#define HVK_EL1_REGS_H

#include "el2_abi.h"
#include "el2_arch.h"

/* `a` of enum hvk_sys, and the one after it; tests/unit/el2_switch_test.cc looks at each. */
#define save_pair(sys, a, reg_a, reg_b) do {				\
	u64 first = read_sysreg(reg_a), second = read_sysreg(reg_b);	\
	u64 *pair = &(sys)[a];						\
									\
	pair[0] = first;						\
	pair[1] = second;						\
} while (0)

/* The empty asm needs both values at once, so that they are loaded together. */
#define load_pair(sys, a, reg_a, reg_b) do {				\
	const u64 *pair = &(sys)[a];					\
	u64 first = pair[0], second = pair[1];				\
									\
	asm volatile("" : "+r"(first), "+r"(second));			\
	write_sysreg(first, reg_a);					\
	write_sysreg(second, reg_b);					\
} while (0)

/* What EL1 is set up with, but for SCTLR and TCR. */
static inline void save_setup(u64 *sys)
{
	save_pair(sys, HVK_SYS_TTBR0_EL1, EL1_TTBR0, EL1_TTBR1);
	save_pair(sys, HVK_SYS_MAIR_EL1, EL1_MAIR, EL1_AMAIR);
	save_pair(sys, HVK_SYS_CPACR_EL1, EL1_CPACR, EL1_CNTKCTL);
	save_pair(sys, HVK_SYS_VBAR_EL1, EL1_VBAR, EL1_CONTEXTIDR);
}

static inline void load_setup(const u64 *sys)
{
	load_pair(sys, HVK_SYS_TTBR0_EL1, EL1_TTBR0, EL1_TTBR1);
	load_pair(sys, HVK_SYS_MAIR_EL1, EL1_MAIR, EL1_AMAIR);
	load_pair(sys, HVK_SYS_CPACR_EL1, EL1_CPACR, EL1_CNTKCTL);
	load_pair(sys, HVK_SYS_VBAR_EL1, EL1_VBAR, EL1_CONTEXTIDR);
}

/* What an exception to EL1 leaves there. */
static inline void save_exception(u64 *sys)
{
	save_pair(sys, HVK_SYS_ESR_EL1, EL1_ESR, EL1_FAR);
	save_pair(sys, HVK_SYS_AFSR0_EL1, EL1_AFSR0, EL1_AFSR1);
	save_pair(sys, HVK_SYS_ELR_EL1, EL1_ELR, EL1_SPSR);
}

static inline void load_exception(const u64 *sys)
{
	load_pair(sys, HVK_SYS_ESR_EL1, EL1_ESR, EL1_FAR);
	load_pair(sys, HVK_SYS_AFSR0_EL1, EL1_AFSR0, EL1_AFSR1);
	load_pair(sys, HVK_SYS_ELR_EL1, EL1_ELR, EL1_SPSR);
}

/* All that the kernel keeps in registers, but for MDSCR_EL1. */
static inline void save_kept(u64 *sys)
{
	save_pair(sys, HVK_SYS_SCTLR_EL1, EL1_SCTLR, EL1_TCR);
	save_setup(sys);
	save_pair(sys, HVK_SYS_TPIDR_EL1, tpidr_el1, tpidr_el0);
	save_pair(sys, HVK_SYS_TPIDRRO_EL0, tpidrro_el0, sp_el0);
	sys[HVK_SYS_SP_EL1] = read_sysreg(sp_el1);
}

/* The same, but for SCTLR and TCR, whose order is fixed by erratum 1319367; with MDSCR_EL1. */
static inline void load_kept(const u64 *sys)
{
	load_setup(sys);
	load_pair(sys, HVK_SYS_TPIDR_EL1, tpidr_el1, tpidr_el0);
	load_pair(sys, HVK_SYS_TPIDRRO_EL0, tpidrro_el0, sp_el0);
	load_pair(sys, HVK_SYS_SP_EL1, sp_el1, mdscr_el1);
}

/* What only the guest has in registers. */
static inline void save_passing(u64 *sys)
{
	save_pair(sys, HVK_SYS_CSSELR_EL1, csselr_el1, par_el1);
	save_exception(sys);
}

static inline void load_passing(const u64 *sys)
{
	load_pair(sys, HVK_SYS_CSSELR_EL1, csselr_el1, par_el1);
	load_exception(sys);
}

#endif /* HVK_EL1_REGS_H */
