// SPDX-License-Identifier: BSD-2-Clause
/*
 * Calls of PSCI 1.1 (DEN0022) and SMCCC 1.1 (DEN0028) that do not end the partition: results
 * for valid and invalid arguments, by HVC and by SMC.
 */

#include "psci.h"

#include "check.h"
#include "exc.h"
#include "gic.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"

#define NOBODY_MPIDR 0xffff
#define FN32(function) ((function) & ~0x40000000u)
#define ARCH_FEATURE_UNKNOWN 0x80001234u

struct call {
	const char *name;
	uint64_t x[4];
	int32_t expected;
};

static const struct call calls[] = {
	{ "version", { PSCI_VERSION }, 0x10001 },
	{ "features-version", { PSCI_FEATURES, PSCI_VERSION }, 0 },
	{ "features-cpu-suspend", { PSCI_FEATURES, PSCI_CPU_SUSPEND }, 0 },
	{ "features-cpu-suspend-32", { PSCI_FEATURES, FN32(PSCI_CPU_SUSPEND) }, 0 },
	{ "features-cpu-off", { PSCI_FEATURES, PSCI_CPU_OFF }, 0 },
	{ "features-cpu-on", { PSCI_FEATURES, PSCI_CPU_ON }, 0 },
	{ "features-affinity-info", { PSCI_FEATURES, PSCI_AFFINITY_INFO }, 0 },
	{ "features-system-off", { PSCI_FEATURES, PSCI_SYSTEM_OFF }, 0 },
	{ "features-system-reset", { PSCI_FEATURES, PSCI_SYSTEM_RESET }, 0 },
	{ "features-system-reset2", { PSCI_FEATURES, PSCI_SYSTEM_RESET2 }, 0 },
	{ "features-features", { PSCI_FEATURES, PSCI_FEATURES }, 0 },
	{ "features-smccc-version", { PSCI_FEATURES, SMCCC_VERSION }, 0 },
	{ "features-unknown", { PSCI_FEATURES, 0x8400001f }, PSCI_NOT_SUPPORTED },
	{ "features-mem-protect", { PSCI_FEATURES, 0x84000013 }, PSCI_NOT_SUPPORTED },
	{ "unknown-psci", { 0x8400001f }, PSCI_NOT_SUPPORTED },
	{ "unknown-standard-64", { 0xc400fffe }, PSCI_NOT_SUPPORTED },
	{ "unknown-vendor", { 0xc600beef }, PSCI_NOT_SUPPORTED },
	{ "unknown-zero", { 0 }, PSCI_NOT_SUPPORTED },
	{ "unknown-ones", { ~0ul }, PSCI_NOT_SUPPORTED },
	{ "trusted-os", { PSCI_MIGRATE_TYPE }, 2 },
	{ "cpu-on-self", { PSCI_CPU_ON, 0, 0x40000000, 0 }, PSCI_ALREADY_ON },
	{ "cpu-on-nobody", { PSCI_CPU_ON, NOBODY_MPIDR, 0x40000000, 0 }, PSCI_INVALID_PARAMETERS },
	{ "cpu-on-nobody-32", { FN32(PSCI_CPU_ON), NOBODY_MPIDR, 0x40000000, 0 },
	  PSCI_INVALID_PARAMETERS },
	{ "affinity-self", { PSCI_AFFINITY_INFO, 0, 0 }, PSCI_AFFINITY_ON },
	{ "affinity-self-32", { FN32(PSCI_AFFINITY_INFO), 0, 0 }, PSCI_AFFINITY_ON },
	{ "affinity-cluster", { PSCI_AFFINITY_INFO, 0, 1 }, PSCI_AFFINITY_ON },
	{ "affinity-nobody", { PSCI_AFFINITY_INFO, NOBODY_MPIDR, 0 }, PSCI_INVALID_PARAMETERS },
	{ "affinity-bad-level", { PSCI_AFFINITY_INFO, 0, 7 }, PSCI_INVALID_PARAMETERS },
	{ "reset2-bad-type", { PSCI_SYSTEM_RESET2, 5, 0 }, PSCI_INVALID_PARAMETERS },
	{ "smccc-version", { SMCCC_VERSION }, 0x10001 },
	{ "arch-features-unknown", { SMCCC_ARCH_FEATURES, ARCH_FEATURE_UNKNOWN },
	  PSCI_NOT_SUPPORTED },
};

static void table(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		const uint64_t *x = calls[i].x;

		check(calls[i].name, (uint32_t)calls[i].expected,
		      (uint32_t)psci_call((uint32_t)x[0], x[1], x[2], x[3]));
	}
}

/* DEN0028 2.6: x4 to x17 are kept by a call. */
static void registers_kept(const char *name, void (*call)(struct smccc *), uint64_t function)
{
	struct smccc regs = { .x = { function } };
	unsigned int kept = 0;

	for (unsigned int i = 4; i < ARRAY_SIZE(regs.x); i++)
		regs.x[i] = 0x1111111111111111ul * (i - 3);
	call(&regs);
	for (unsigned int i = 4; i < ARRAY_SIZE(regs.x); i++)
		kept += regs.x[i] == 0x1111111111111111ul * (i - 3);
	check(name, ARRAY_SIZE(regs.x) - 4, kept);
}

/* CPU_SUSPEND to standby returns when an interrupt is pending, even if masked in PSTATE. */
static void suspend(void)
{
	uint64_t start = timer_now();
	int64_t answer;

	gic_enable(BOARD_INTID_VTIMER);
	timer_arm(start + timer_ticks(5000));
	answer = psci_call(PSCI_CPU_SUSPEND, 0, 0, 0);
	check("suspend-standby", PSCI_SUCCESS, (uint32_t)answer);
	check_at_least("suspend-until-interrupt", timer_ticks(5000), timer_now() - start);
	check("suspend-interrupt", BOARD_INTID_VTIMER, gic_ack());
	timer_stop();
	gic_eoi(BOARD_INTID_VTIMER);
}

static void smc(void)
{
	struct smccc regs = { .x = { PSCI_VERSION } };
	struct exc_record fault;

	exc_catch(&fault);
	smccc_smc(&regs);
	exc_release();
	check("smc-no-exception", 0, fault.count);
	check("smc-version", 0x10001, regs.x[0]);
	regs = (struct smccc){ .x = { 0xc600beef } };
	exc_catch(&fault);
	smccc_smc(&regs);
	exc_release();
	check("smc-unknown", (uint32_t)PSCI_NOT_SUPPORTED, (uint32_t)regs.x[0]);
	exc_catch(&fault);
	registers_kept("smc-registers", smccc_smc, PSCI_VERSION);
	exc_release();
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	table();
	registers_kept("registers-version", smccc_hvc, PSCI_VERSION);
	registers_kept("registers-unknown", smccc_hvc, 0xc600beef);
	registers_kept("registers-features", smccc_hvc, SMCCC_ARCH_FEATURES);
	suspend();
	smc();
	check_finish();
}
