// SPDX-License-Identifier: GPL-2.0-only
/* One CPU's EL2, as EL1 knows it: filled in by pages.c. */
#include "el2/pcpu.h"

DEFINE_PER_CPU(struct hvk_el2_pcpu, hvk_el2_pcpu);
