// SPDX-License-Identifier: BSD-2-Clause
/*
 * NEXX's demonstration: each partition says five times who it is, in each of
 * its windows. `turns=N` on the command line: windows until the end, 0 for no
 * end; 3 if it is not there.
 */

#include "partition.h"

#define LINES 5

/* Until this PE's next window; at once where there are none. */
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
