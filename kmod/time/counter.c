// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counts that a guest reads, CNTVCT and CNTPCT, and how far each is behind
 * the host's (EL1; DDI 0487 D11.1.2).
 *
 * CNTVCT's offset is in hardware (CNTVOFF_EL2). CNTPCT has none on a PE without
 * FEAT_ECV: while there is an offset the guest's reads of it trap
 * (HVK_CTX_F_PCT). Both offsets are the VM's, so that its vCPUs agree. What the VMM
 * sets of them is in offset.c.
 */
#include <linux/compiler.h>

#include <asm/sysreg.h>

#include "core/vcpu.h"
#include "time/counter.h"

u64 hvk_ptimer_now(void)
{
	isb();	/* the count is not read earlier than it stands here */
	return read_sysreg(cntpct_el0);
}

u64 hvk_ptimer_count(struct hvk_vcpu *vcpu)
{
	return hvk_ptimer_now() - READ_ONCE(vcpu->vm->cntpoff);
}

u64 hvk_vtimer_count(struct hvk_vcpu *vcpu)
{
	return hvk_ptimer_now() - READ_ONCE(vcpu->vm->cntvoff);
}

void hvk_counter_flush(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;

	ctx->cfg.cntvoff = READ_ONCE(vcpu->vm->cntvoff);
	if (READ_ONCE(vcpu->vm->cntpoff))
		ctx->cfg.flags |= HVK_CTX_F_PCT;
	else
		ctx->cfg.flags &= ~HVK_CTX_F_PCT;
}
