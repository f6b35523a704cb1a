// SPDX-License-Identifier: BSD-2-Clause
/*
 * The partition that runs beside one that attacks. It fills its RAM with a pattern that the
 * other cannot guess, sets state of system registers and of the interrupt controller, and
 * checks again and again that none of it has changed. A byte of console input ends it.
 */

#include "board.h"
#include "check.h"
#include "exc.h"
#include "gic.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"
#include "uart.h"

#define BYTES	   (8ul << 20)
#define TIME_LIMIT 1850000000 /* us: more than the half hour that the attacker has */

extern char image_end[];

static const uint32_t probes[] = { GICD_CTLR,		    GICD_ISENABLER + 4, GICD_IPRIORITYR + 40,
				   GICD_ITARGETSR + 40, GICD_ICFGR + 8,	GICD_ISPENDR + 4,
				   GICD_ISACTIVER + 4,  GICC_CTLR,	GICC_PMR };

static uint64_t pattern(uint64_t seed, size_t i)
{
	return (seed + i) * 0x9e3779b97f4a7c15ul;
}

void PartitionMain(uintptr_t device_tree)
{
	volatile uint64_t *ram = (uint64_t *)image_end;
	uint64_t seed = timer_now(), end = seed + timer_ticks(TIME_LIMIT), rounds = 0, wrong = 0;
	uint32_t seen[ARRAY_SIZE(probes)], changed = 0;
	struct exc_record fault;
	uint64_t tpidr = seed ^ 0x5555, contextidr = seed & 0xffffffff;

	(void)device_tree;
	exc_catch(&fault);
	for (size_t i = 0; i < BYTES / 8; i++)
		ram[i] = pattern(seed, i);
	gic_set_priority(40, 0x50);
	gic_enable(40);
	sysreg_write(tpidr_el1, tpidr);
	sysreg_write(contextidr_el1, contextidr);
	for (unsigned int i = 0; i < ARRAY_SIZE(probes); i++)
		seen[i] = mmio_read32(probes[i]);
	printf("victim ready\n");
	do {
		for (size_t i = 0; i < BYTES / 8; i++)
			wrong += ram[i] != pattern(seed, i);
		for (unsigned int i = 0; i < ARRAY_SIZE(probes); i++)
			changed += mmio_read32(probes[i]) != seen[i];
		changed += sysreg_read(tpidr_el1) != tpidr;
		changed += sysreg_read(contextidr_el1) != contextidr;
		rounds++;
	} while (uart_get() < 0 && timer_now() < end);
	exc_release();
	printf("victim looked %lu times\n", rounds);
	check("told-to-end", 1, timer_now() < end);
	check("memory-as-left", 0, wrong);
	check("registers-as-left", 0, changed);
	check("no-exceptions", 0, fault.count);
	check_finish();
}
