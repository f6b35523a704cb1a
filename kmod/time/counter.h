/* SPDX-License-Identifier: GPL-2.0-only */
/* The counts that a guest reads: CNTVCT and CNTPCT. */
#ifndef HVK_TIME_COUNTER_H
#define HVK_TIME_COUNTER_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "core/vcpu.h"

/* The host's CNTPCT now. Any context. */
u64 hvk_ptimer_now(void);
/* The guest's CNTPCT and CNTVCT now: the host's count less the VM's offset. Any context. */
u64 hvk_ptimer_count(struct hvk_vcpu *vcpu);
u64 hvk_vtimer_count(struct hvk_vcpu *vcpu);
/* Interrupts off, before entry: puts the VM's offsets into the vCPU's context. */
static inline void hvk_counter_flush(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	u64 cntpoff = READ_ONCE(vcpu->vm->cntpoff);

	ctx->cfg.cntvoff = READ_ONCE(vcpu->vm->cntvoff);
	if (likely(ctx->cfg.cntpoff == cntpoff))
		return;
	ctx->cfg.cntpoff = cntpoff;
	if (cntpoff)
		ctx->cfg.flags |= HVK_CTX_F_PCT;
	else
		ctx->cfg.flags &= ~HVK_CTX_F_PCT;
}

#endif /* HVK_TIME_COUNTER_H */
