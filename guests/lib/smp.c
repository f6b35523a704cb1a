// SPDX-License-Identifier: BSD-2-Clause
/* Starting PEs, and their first C functions. */

#include "smp.h"

#include "bootargs.h"
#include "gic.h"
#include "layout.h"
#include "mmu.h"
#include "para.h"
#include "psci.h"
#include "timer.h"

struct smp_boot {
	uintptr_t stack;	/* initial SP; entry.S reads it */
	smp_function *function;
	void *arg;
	volatile bool busy;	/* from smp_start() until the function has returned */
};

_Static_assert(offsetof(struct smp_boot, stack) == SMP_BOOT_STACK, "entry.S reads it");

extern char secondary_entry[];

/* Constructors of static C++ objects, collected by the linker script. */
typedef void constructor(void);
extern constructor *const constructors_start[], *const constructors_end[];

void partition_start(uintptr_t device_tree);
void secondary_start(struct smp_boot *boot);

static struct smp_boot boots[SMP_MAX];
struct smp_stack smp_stacks[SMP_MAX] __attribute__((aligned(4096)));
_Static_assert(sizeof(struct smp_stack) == SMP_STACK_SPAN, "entry.S has its own idea");

unsigned int smp_count(void)
{
	unsigned int count = 1;

	while (count < SMP_MAX && psci_affinity_info(count) >= 0)
		count++;
	return count;
}

int64_t smp_start(unsigned int cpu, smp_function *function, void *arg)
{
	struct smp_boot *boot = &boots[cpu];

	boot->stack = (uintptr_t)(&smp_stacks[cpu] + 1);
	boot->function = function;
	boot->arg = arg;
	boot->busy = true;
	dsb(); /* the structure is written before the PE that reads it starts */
	return psci_cpu_on(cpu, (uintptr_t)secondary_entry, (uintptr_t)boot);
}

bool smp_wait_off(unsigned int cpu, unsigned int ms)
{
	uint64_t end = timer_now() + timer_ticks((uint64_t)ms * 1000);

	/*
	 * AFFINITY_INFO alone is not enough: some implementations still answer OFF after
	 * CPU_ON, until the PE runs.
	 */
	while (boots[cpu].busy || psci_affinity_info(cpu) != PSCI_AFFINITY_OFF) {
		if (timer_now() >= end)
			return false;
	}
	dmb(); /* `busy` is read before what the PE has written: pairs with secondary_start() */
	return true;
}

void secondary_start(struct smp_boot *boot)
{
	gic_init_cpu();
	boot->function(boot->arg);
	irq_disable();
	dmb(); /* all that the PE has written comes before `busy` is cleared */
	boot->busy = false;
	psci_cpu_off();
}

void partition_start(uintptr_t device_tree)
{
	hvk_init();
	mmu_protect();
	gic_init();
	gic_init_cpu();
	bootargs_init(device_tree);
	for (constructor *const *c = constructors_start; c < constructors_end; c++)
		(*c)();
	PartitionMain(device_tree);
	hvk_halt(0);
}
