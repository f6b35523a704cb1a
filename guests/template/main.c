// SPDX-License-Identifier: BSD-2-Clause
/* A template for new partitions: prints its name, counts three timer ticks, and ends. */

#include "partition.h"

static volatile uint32_t ticks;

static void on_tick(void *arg)
{
	(void)arg;
	ticks++;
}

void PartitionMain(uintptr_t device_tree)
{
	struct hvk_para_info info;

	(void)device_tree;
	if (hvk_info(&info) > 0 && info.name[0])
		printf("hello from partition %u, %s\n", info.id, info.name);
	else
		printf("hello from a guest that is in no system\n");

	timer_every(10000, on_tick, NULL);
	irq_enable();
	for (uint32_t n = 1; n <= 3; n++) {
		while (ticks < n)
			relax();
		printf("tick %u at %lu ms\n", n, hvk_time() / 1000000);
	}
	timer_stop();
}
