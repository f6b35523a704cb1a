// SPDX-License-Identifier: GPL-2.0-only
/* What a PE has and what traps for it, with the test's PE around it. */

#include <linux/string.h>

#include "../../kmod/el2/pe_traps.c"
#include "pe_traps_bench.h"

static struct hvk_pe pe;

/* The test hands over what hvk_pe_read() would find. */
bool hvk_idreg_has_mpam(void)
{
	return true;
}

u64 kshim_read_sysreg(const char *name)
{
	return 0;
}

void pe_set(unsigned int id, uint64_t value, bool buffers_are_ours)
{
	pe.id[id] = value;
	pe.spe_is_ours = buffers_are_ours;
	pe.trbe_is_ours = buffers_are_ours;
}

uint64_t pe_fill(uint64_t *traps)
{
	struct hvk_el2_cpu cpu = { .has = ~0ul };

	hvk_pe_fill(&cpu, &pe);
	memcpy(traps, cpu.traps, sizeof(cpu.traps));
	pe = (struct hvk_pe){};
	return cpu.has;
}

const struct hvk_pe_trap *pe_trap(unsigned int i)
{
	return i < hvk_nr_pe_traps ? &hvk_pe_traps[i] : NULL;
}
