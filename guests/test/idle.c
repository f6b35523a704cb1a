// SPDX-License-Identifier: BSD-2-Clause
/* All PEs sleep and nothing wakes them: a guest for tests of what is done to a VM meanwhile. */

#include "printf.h"
#include "smp.h"

static void sleep(void *arg)
{
	(void)arg;
	for (;;)
		wfi();
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	for (unsigned int cpu = 1; cpu < smp_count(); cpu++)
		smp_start(cpu, sleep, NULL);
	printf("idle\n");
	sleep(NULL);
}
