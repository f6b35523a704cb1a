// SPDX-License-Identifier: BSD-2-Clause
/*
 * NEXX's demonstration: each partition prints its number five times in each of its windows.
 * Command line: `turns=N`, after how many windows it ends (default 3; 0: never).
 */

#include "partition.h"

#define LINES 5

/* Waits for this PE's next window; returns at once if it has no windows. */
static void next_window(void)
{
	struct hvk_window before, now;

	if (hvk_window(&before) != HVK_PARA_OK)
		return;
	do {
		hvk_yield();
		hvk_window(&now);
	} while (now.start == before.start);
}

void PartitionMain(uintptr_t device_tree)
{
	uint64_t turns = bootarg_number("turns", 3);
	struct hvk_para_info info;

	(void)device_tree;
	hvk_info(&info);
	for (uint64_t turn = 0; !turns || turn < turns; turn++) {
		next_window();
		for (unsigned int line = 0; line < LINES; line++)
			printf("I am partition %u\n", info.id);
	}
}
