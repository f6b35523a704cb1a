// SPDX-License-Identifier: GPL-2.0-only
/* What EL1 knows of one CPU's EL2; filled in by pages.c. */
#include "el2/pcpu.h"

DEFINE_PER_CPU(struct hvk_el2_pcpu, hvk_el2_pcpu);
