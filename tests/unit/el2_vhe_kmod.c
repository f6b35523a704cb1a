// SPDX-License-Identifier: GPL-2.0-only
/* The same C as in el2_kmod.c, as it is compiled into the module for a kernel at EL2. */
#include "el2_vhe_bench.h"

#define EL2_BENCH_VHE
#define EL2_BENCH(name)		vhe_bench_##name
#include "el2_kmod.c"
#include "../../kmod/el2/vhe/sync.c"

void vhe_bench_sync(struct hvk_el2_ctx *ctx)
{
	hvk_vhe_sync(ctx);
}
