// SPDX-License-Identifier: BSD-2-Clause
#include "smp.h"
void PartitionMain(uintptr_t d) { (void)d; }
