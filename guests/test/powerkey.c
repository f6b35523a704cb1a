// SPDX-License-Identifier: BSD-2-Clause
/*
 * Not a test: waits until the power key, line 3 of the PL061 (DDI 0190B 3.3.1), is down, and
 * powers off. With `deaf` on the command line it does not power off.
 */

#include "board.h"
#include "bootargs.h"
#include "printf.h"
#include "psci.h"
#include "smp.h"
#include "string.h"

#define POWER_KEY  (1u << 3)
/* The data register at the address that masks out all other lines. */
#define KEY_DATA   (BOARD_PL061 + (POWER_KEY << 2))

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	printf("waiting for the key\n");
	while (!(mmio_read32(KEY_DATA) & POWER_KEY))
		;
	printf("the key is down\n");
	while (strcmp(bootargs(), "deaf") == 0)
		wfi();
	psci_system_off();
}
