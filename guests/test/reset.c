// SPDX-License-Identifier: BSD-2-Clause
/* Requests a reset at once; the test harness checks what happens. */

#include "printf.h"
#include "psci.h"
#include "smp.h"

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	printf("resetting\n");
	psci_system_reset();
}
