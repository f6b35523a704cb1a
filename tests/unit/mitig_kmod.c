// SPDX-License-Identifier: GPL-2.0-only
/* The weaknesses of CPUs, built for the machine that tests, on mitig_bench.h's bench. */
#include <linux/arm-smccc.h>
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/of.h>

#include "mitig_bench.h"

#include "../../kmod/base/mitig.c"

/* No errata. */
u64 hvk_errata_flags(u32 midr)
{
	return 0;
}

u64 kshim_read_sysreg(const char *name)
{
	return mitig_bench_sysreg(name);
}

enum arm_smccc_conduit arm_smccc_1_1_get_conduit(void)
{
	return mitig_bench_has_smc() ? SMCCC_CONDUIT_SMC : SMCCC_CONDUIT_NONE;
}

void arm_smccc_1_1_smc(unsigned long fn, unsigned long arg, struct arm_smccc_res *res)
{
	BUG_ON(fn != ARM_SMCCC_ARCH_FEATURES_FUNC_ID || !mitig_bench_has_smc());
	res->a0 = mitig_bench_firmware(arg);
}

struct device_node *of_chosen;

/* No bootargs. */
int of_property_read_string(const struct device_node *node, const char *name,
			    const char **value)
{
	return -EINVAL;
}

bool cpu_mitigations_off(void)
{
	return false;
}

/* --- the bench ------------------------------------------------------------------ */

unsigned int mitig_bench_el2(void)
{
	u64 flags = hvk_host_el2_flags();

	return (flags & HVK_EL2_F_SMC_WA1 ? MITIG_BENCH_WA1 : 0) |
	       (flags & HVK_EL2_F_SMC_WA3 ? MITIG_BENCH_WA3 : 0) |
	       (flags & HVK_EL2_F_BHB_LOOP ? MITIG_BENCH_LOOP : 0);
}

uint64_t mitig_bench_mitigations(void)
{
	return hvk_host_mitigations();
}
