// SPDX-License-Identifier: BSD-2-Clause
/*
 * System registers: which ones a guest can read, which are UNDEFINED because the feature is
 * not offered, which are trapped and emulated, and which must be kept across an exit.
 */

#include "board.h"
#include "check.h"
#include "exc.h"
#include "gic.h"
#include "printf.h"
#include "psci.h"
#include "smp.h"
#include "timer.h"

/* Registers that the assembler does not know by name for Armv8.0 (DDI 0487 D19). */
#define ZCR_EL1		S3_0_C1_C2_0
#define APIAKEYLO_EL1	S3_0_C2_C1_0
#define LORC_EL1	S3_0_C10_C4_3
#define ERRIDR_EL1	S3_0_C5_C3_0
#define PMSCR_EL1	S3_0_C9_C9_0
#define TRBLIMITR_EL1	S3_0_C9_C11_0
#define RNDR		S3_3_C2_C4_0
#define SMCR_EL1	S3_0_C1_C2_6
#define GCR_EL1		S3_0_C1_C0_6
#define IMPDEF_C11	S3_1_C11_C0_2
#define IMPDEF_C15	S3_1_C15_C2_0
#define UNALLOCATED	S3_7_C5_C5_5
#define ID_RESERVED_4	S3_0_C0_C4_7
#define ID_RESERVED_7	S3_0_C0_C7_7

#define DEFINE_READ_(reg, function)                \
	static uint64_t function(void)              \
	{                                           \
		uint64_t value = 0x5a5a;            \
                                                    \
		asm volatile("mrs %0, " #reg : "+r"(value)::"memory"); \
		return value;                       \
	}
#define DEFINE_READ(reg, function) DEFINE_READ_(reg, function)

#define UNDEFINED_LIST(X)                                                          \
	X(ZCR_EL1, zcr_el1) X(APIAKEYLO_EL1, apiakeylo_el1) X(PMSCR_EL1, pmscr_el1)  \
	X(TRBLIMITR_EL1, trblimitr_el1) X(RNDR, rndr) X(SMCR_EL1, smcr_el1)          \
	X(GCR_EL1, gcr_el1) X(IMPDEF_C11, impdef_c11) X(IMPDEF_C15, impdef_c15)      \
	X(UNALLOCATED, unallocated) X(LORC_EL1, lorc_el1) X(ERRIDR_EL1, erridr_el1)  \
	X(pmcr_el0, pmcr_el0) X(pmccntr_el0, pmccntr_el0)                            \
	X(pmuserenr_el0, pmuserenr_el0) X(pmintenset_el1, pmintenset_el1)            \
	X(hcr_el2, hcr_el2) X(vbar_el2, vbar_el2) X(vttbr_el2, vttbr_el2)            \
	X(sctlr_el2, sctlr_el2) X(scr_el3, scr_el3) X(cnthctl_el2, cnthctl_el2)

#define READABLE_LIST(X)                                                             \
	X(midr_el1, midr_el1) X(mpidr_el1, mpidr_el1) X(revidr_el1, revidr_el1)        \
	X(aidr_el1, aidr_el1) X(ctr_el0, ctr_el0) X(dczid_el0, dczid_el0)              \
	X(clidr_el1, clidr_el1) X(ccsidr_el1, ccsidr_el1) X(csselr_el1, csselr_el1)    \
	X(actlr_el1, actlr_el1) X(id_pfr0_el1, id_pfr0_el1) X(id_dfr0_el1, id_dfr0_el1) \
	X(id_mmfr0_el1, id_mmfr0_el1) X(id_isar0_el1, id_isar0_el1)                    \
	X(mvfr0_el1, mvfr0_el1) X(mvfr1_el1, mvfr1_el1)                                \
	X(id_aa64pfr0_el1, id_aa64pfr0_el1) X(id_aa64pfr1_el1, id_aa64pfr1_el1)        \
	X(id_aa64dfr0_el1, id_aa64dfr0_el1) X(id_aa64dfr1_el1, id_aa64dfr1_el1)        \
	X(id_aa64isar0_el1, id_aa64isar0_el1) X(id_aa64isar1_el1, id_aa64isar1_el1)    \
	X(id_aa64mmfr0_el1, id_aa64mmfr0_el1) X(id_aa64mmfr1_el1, id_aa64mmfr1_el1)    \
	X(ID_RESERVED_4, id_reserved_4) X(ID_RESERVED_7, id_reserved_7)                \
	X(cntfrq_el0, cntfrq_el0) X(cntvct_el0, cntvct_el0) X(cntpct_el0, cntpct_el0)  \
	X(cntkctl_el1, cntkctl_el1) X(oslsr_el1, oslsr_el1) X(osdlr_el1, osdlr_el1)    \
	X(mdscr_el1, mdscr_el1) X(mdccint_el1, mdccint_el1) X(mdrar_el1, mdrar_el1)    \
	X(dbgclaimset_el1, dbgclaimset_el1)                                            \
	X(dbgbcr0_el1, dbgbcr0_el1) X(dbgbvr0_el1, dbgbvr0_el1)                        \
	X(dbgwcr0_el1, dbgwcr0_el1) X(dbgwvr0_el1, dbgwvr0_el1) X(isr_el1, isr_el1)

#define X_DEFINE(reg, name) DEFINE_READ(reg, read_##name)
#define X_ENTRY(reg, name)  { #name, read_##name },

UNDEFINED_LIST(X_DEFINE)
READABLE_LIST(X_DEFINE)

struct access {
	const char *name;
	uint64_t (*read)(void);
};

static const struct access undefined[] = { UNDEFINED_LIST(X_ENTRY) };
static const struct access readable[] = { READABLE_LIST(X_ENTRY) };

static void reads(void)
{
	struct exc_record fault;
	unsigned int right = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(undefined); i++) {
		uint64_t value;

		exc_catch(&fault);
		value = undefined[i].read();
		exc_release();
		if (!check(undefined[i].name, ESR_EC_UNKNOWN, fault.count ? ESR_EC(fault.esr) : 99))
			printf("  it read as %lx\n", value);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(readable); i++) {
		exc_catch(&fault);
		readable[i].read();
		exc_release();
		if (fault.count)
			check(readable[i].name, 0, fault.count);
		else
			right++;
	}
	check("all-readable", ARRAY_SIZE(readable), right);
}

/* A field of an ID register. */
static unsigned int field(uint64_t value, unsigned int shift)
{
	return value >> shift & 0xf;
}

static void features(void)
{
	uint64_t pfr0 = read_id_aa64pfr0_el1(), dfr0 = read_id_aa64dfr0_el1();
	uint64_t isar1 = read_id_aa64isar1_el1(), mmfr0 = read_id_aa64mmfr0_el1();

	check_at_least("el1-offered", 1, field(pfr0, 4));
	check("fp-offered", 0, field(pfr0, 16));
	check("simd-offered", 0, field(pfr0, 20));
	check("gic-registers-not-offered", 0, field(pfr0, 24));
	check("sve-not-offered", 0, field(pfr0, 32));
	check("amu-not-offered", 0, field(pfr0, 44));
	check("mte-not-offered", 0, field(read_id_aa64pfr1_el1(), 8));
	check("sme-not-offered", 0, field(read_id_aa64pfr1_el1(), 24));
	check_at_least("debug-version", 6, field(dfr0, 0));
	check("trace-not-offered", 0, field(dfr0, 4));
	check("pmu-not-offered", 0, field(dfr0, 8));
	check("profiling-not-offered", 0, field(dfr0, 32));
	check("pointer-authentication-not-offered", 0,
	      (field(isar1, 4) | field(isar1, 8) | field(isar1, 24) | field(isar1, 28)));
	check("lor-not-offered", 0, field(read_id_aa64mmfr1_el1(), 16));
	check("granule-4k", 0, field(mmfr0, 28) & 8);
	check("reserved-id-4", 0, read_id_reserved_4());
	check("reserved-id-7", 0, read_id_reserved_7());
	check("cntfrq-not-zero", 1, read_cntfrq_el0() != 0);
}

/* Writes and instructions that may trap, and their effects. */
static void emulated(void)
{
	struct exc_record fault;
	uint64_t before;

	exc_catch(&fault);
	sysreg_write(oslar_el1, 1);
	check("os-lock-locks", 2, read_oslsr_el1() & 2);
	sysreg_write(oslar_el1, 0);
	check("os-lock-unlocks", 0, read_oslsr_el1() & 2);
	check("os-lock-model", 8, read_oslsr_el1() & 0xd);
	sysreg_write(osdlr_el1, 1);
	check("os-double-lock-ignored", 0, read_osdlr_el1());

	before = read_actlr_el1();
	sysreg_write(actlr_el1, ~before);
	check("actlr-write-ignored", before, read_actlr_el1());

	sysreg_write(mdscr_el1, 1u << 12);
	check("mdscr-reads-back", 1u << 12, read_mdscr_el1());
	sysreg_write(mdscr_el1, 0);
	sysreg_write(dbgbvr0_el1, 0x40001000);
	check("breakpoint-value-reads-back", 0x40001000, read_dbgbvr0_el1());
	sysreg_write(dbgbvr0_el1, 0);
	sysreg_write(dbgwvr0_el1, 0x40002000);
	check("watchpoint-value-reads-back", 0x40002000, read_dbgwvr0_el1());
	sysreg_write(dbgwvr0_el1, 0);

	for (uint64_t set = 0; set < 4; set++) {
		asm volatile("dc csw, %0\n\tdc cisw, %0\n\tdc isw, %0" ::"r"(set << 6) : "memory");
	}
	dsb();
	exc_release();
	check("emulated-without-exception", 0, fault.count);

	exc_catch(&fault);
	asm volatile("msr S3_0_C0_C4_0, xzr" ::: "memory"); /* ID_AA64PFR0_EL1 */
	exc_release();
	check("id-register-not-writable", 1, fault.count);

	exc_catch(&fault);
	asm volatile("brk #7");
	exc_release();
	check("brk-is-own", ESR_EC_BRK, fault.count ? ESR_EC(fault.esr) : 99);
	check("brk-immediate", 7, ESR_ISS(fault.esr));
	exc_catch(&fault);
	asm volatile("svc #9" ::: "memory");
	exc_release();
	check("svc-is-own", ESR_EC_SVC, fault.count ? ESR_EC(fault.esr) : 99);

}

/* The guest can use breakpoints: one is hit at the address that was set. */
static void breakpoint(void)
{
	struct exc_record fault;
	uint64_t address;

	asm volatile("adr %0, breakpoint_here" : "=r"(address));
	sysreg_write(dbgbvr0_el1, address);
	sysreg_write(dbgbcr0_el1, 0xf << 5 | 1 << 1 | 1); /* EL1, enabled */
	sysreg_write(mdscr_el1, 1u << 15 | 1u << 13);	  /* MDE, KDE */
	asm volatile("msr daifclr, #8\n\tisb");
	psci_call(PSCI_VERSION, 0, 0, 0);
	exc_catch(&fault);
	asm volatile("breakpoint_here: nop");
	exc_release();
	asm volatile("msr daifset, #8");
	sysreg_write(mdscr_el1, 0);
	sysreg_write(dbgbcr0_el1, 0);
	isb();
	check("breakpoint-hits", 0x31, fault.count ? ESR_EC(fault.esr) : 99);
	check("breakpoint-address", address, fault.elr);
}

/* Registers of EL0 and EL1 that the hypervisor must keep across an exit. */
#define CONTEXT_LIST(X)                                                          \
	X(tpidr_el0) X(tpidrro_el0) X(tpidr_el1) X(contextidr_el1) X(afsr0_el1)     \
	X(afsr1_el1) X(far_el1) X(esr_el1) X(elr_el1) X(spsr_el1) X(sp_el0)         \
	X(amair_el1) X(ttbr1_el1) X(cntkctl_el1) X(csselr_el1) X(par_el1)           \
	X(mair_el1) X(tcr_el1) X(ttbr0_el1) X(vbar_el1) X(cpacr_el1) X(sctlr_el1)   \
	X(mdscr_el1) X(dbgbvr0_el1) X(dbgbvr1_el1) X(dbgwvr0_el1) X(cntv_cval_el0)  \
	X(cntp_cval_el0)

#define X_READ(reg)                        \
	static uint64_t context_##reg(void) \
	{                                   \
		return sysreg_read(reg);    \
	}
#define X_CONTEXT(reg) { #reg, context_##reg },

CONTEXT_LIST(X_READ)

static const struct access context[] = { CONTEXT_LIST(X_CONTEXT) };

/* Sets values that have no effect while interrupts are masked and no exception is taken. */
static void set_context(uint64_t seed)
{
	uint64_t v = seed * 0x0101010101010101ul;

	sysreg_write(tpidr_el0, v);
	sysreg_write(tpidrro_el0, v + 1);
	sysreg_write(tpidr_el1, v + 2);
	sysreg_write(contextidr_el1, v & 0xffffffff);
	sysreg_write(afsr0_el1, v);
	sysreg_write(afsr1_el1, v);
	sysreg_write(far_el1, v + 3);
	sysreg_write(esr_el1, v & 0x1ffffff);
	sysreg_write(elr_el1, v & 0xfffffffffffc);
	sysreg_write(spsr_el1, (seed & 0xf) << 28 | 5);
	sysreg_write(sp_el0, v + 4);
	sysreg_write(amair_el1, v);
	sysreg_write(ttbr1_el1, (v & 0xfffffff000) | (v & 0xff) << 48);
	sysreg_write(cntkctl_el1, seed & 0xf0);
	sysreg_write(csselr_el1, seed & 1);
	sysreg_write(par_el1, (v & 0xfffffff000) | 0x800);
	sysreg_write(dbgbvr0_el1, v & 0xfffffffffffc);
	sysreg_write(dbgbvr1_el1, ~v & 0xfffffffffffc);
	sysreg_write(dbgwvr0_el1, v & 0xfffffffffff8);
	sysreg_write(cntv_cval_el0, v | 1ul << 62);
	sysreg_write(cntp_cval_el0, v | 1ul << 62);
	isb();
}

static void over_hypercall(void)
{
	psci_call(PSCI_VERSION, 0, 0, 0);
}

static void over_vmm_exit(void)
{
	mmio_read32(BOARD_PL031);
}

static void over_sleep(void)
{
	/* CPU_SUSPEND needs a wake-up to return: the timer's interrupt. */
	uint64_t cval = sysreg_read(cntv_cval_el0);

	sysreg_write(cntv_cval_el0, timer_now() + timer_ticks(2000));
	sysreg_write(cntv_ctl_el0, TIMER_ENABLE);
	psci_call(PSCI_CPU_SUSPEND, 0, 0, 0);
	sysreg_write(cntv_ctl_el0, 0);
	sysreg_write(cntv_cval_el0, cval);
	isb();
}

static const struct {
	const char *name;
	void (*leave)(void);
} exits[] = {
	{ "context-over-hypercall", over_hypercall },
	{ "context-over-vmm-exit", over_vmm_exit },
	{ "context-over-sleep", over_sleep },
};

static void contexts(void)
{
	static uint64_t before[ARRAY_SIZE(context)];

	for (unsigned int i = 0; i < ARRAY_SIZE(exits); i++) {
		uint64_t changed = 0;

		for (uint64_t seed = 0x11; seed < 0x80; seed += 0x11) {
			set_context(seed);
			for (unsigned int r = 0; r < ARRAY_SIZE(context); r++)
				before[r] = context[r].read();
			exits[i].leave();
			for (unsigned int r = 0; r < ARRAY_SIZE(context); r++)
				changed |= (uint64_t)(context[r].read() != before[r]) << r;
		}
		check(exits[i].name, 0, changed);
		for (unsigned int r = 0; r < ARRAY_SIZE(context); r++) {
			if (changed >> r & 1)
				printf("  %s is not kept\n", context[r].name);
		}
	}
	sysreg_write(dbgbvr0_el1, 0);
	sysreg_write(dbgbvr1_el1, 0);
	sysreg_write(dbgwvr0_el1, 0);
}

/* The guest's flags and masks are kept across an exit, too. */
static void pstate(void)
{
	uint64_t flags;

	sysreg_write(nzcv, 0x90000000);
	over_vmm_exit();
	flags = sysreg_read(nzcv);
	check("nzcv-over-exit", 0x90000000, flags);
	asm volatile("msr spsel, #1");
	check("daif-over-exit", 0x3c0, sysreg_read(daif));
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	reads();
	features();
	emulated();
	breakpoint();
	gic_enable(BOARD_INTID_VTIMER);
	contexts();
	pstate();
	check_finish();
}
