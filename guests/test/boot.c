// SPDX-License-Identifier: BSD-2-Clause
/* The state in which a partition is entered, and its console. */

#include "check.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"

#define FDT_MAGIC_LE 0xedfe0dd0u /* 0xd00dfeed, stored big endian */

static uint32_t initialised = 0x12345678;
static uint32_t zeroed[1024];

void PartitionMain(uintptr_t device_tree)
{
	uint32_t sum = 0;

	printf("hello from PE %u of %u at EL%lu, MPIDR %lx, MIDR %lx\n", smp_id(), smp_count(),
	       sysreg_read(currentel) >> 2, sysreg_read(mpidr_el1), sysreg_read(midr_el1));

	check("exception-level", 1, sysreg_read(currentel) >> 2);
	check("boot-pe", 0, sysreg_read(mpidr_el1) & 0xff00ffffff);
	check("mpidr-multiprocessor", 1, sysreg_read(mpidr_el1) >> 31 & 1);
	check("interrupts-masked", 0x3c0, sysreg_read(daif));
	check("stack-pointer-selected", 1, sysreg_read(spsel));
	check("data-loaded", 0x12345678, initialised);
	for (unsigned int i = 0; i < ARRAY_SIZE(zeroed); i++)
		sum |= zeroed[i];
	check("bss-zero", 0, sum);
	check_at_least("counter-frequency", 1000000, sysreg_read(cntfrq_el0));
	if (device_tree)
		check("device-tree-magic", FDT_MAGIC_LE, *(volatile uint32_t *)device_tree);
	else
		check_skip("device-tree-magic", "the loader passed no device tree");
	check_finish();
}
