// SPDX-License-Identifier: GPL-2.0-only
/* What stays of a guest on the PE: el1_stay.h (EL2, preemption off). */
#include "el2/vhe/host.h"

void hvk_vhe_sync(struct hvk_el2_ctx *ctx);

void hvk_vhe_sync(struct hvk_el2_ctx *ctx)
{
	if (!ctx->cfg.on_pe)
		return;
	save_staying(ctx->sys);
	ctx->cfg.on_pe = 0;
}
