// SPDX-License-Identifier: GPL-2.0-only
/* Resets a vCPU's registers: KVM_ARM_VCPU_INIT and PSCI CPU_ON (EL1, process context). */
#include <linux/bitops.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "core/vcpu.h"
#include "irq/vgic.h"
#include "partition/para.h"
#include "run/reset.h"
#include "time/vtimer.h"
#include "trap/sysreg.h"

/* PSTATE at reset: EL1h with D, A, I and F masked. */
#define PSTATE_RESET	0x3c5ULL

void hvk_vcpu_reset(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;

	memset(ctx->x, 0, sizeof(ctx->x));
	memset(&ctx->fp, 0, sizeof(ctx->fp));
	memset(&ctx->dbg, 0, sizeof(ctx->dbg));
	vcpu->dbg.step_due = false;
	ctx->pc = 0;
	ctx->pstate = PSTATE_RESET;
	ctx->cfg.hcr = 0;
	/* Whether there is an offset of CNTPCT is the VM's (time/counter.h). */
	ctx->cfg.flags &= HVK_CTX_F_PCT;
	hvk_sysreg_reset(vcpu);
	hvk_vtimer_vcpu_reset(vcpu);
	hvk_para_vcpu_reset(vcpu);
	hvk_vgic_vcpu_reset(vcpu);
}

void hvk_run_apply_reset(struct hvk_vcpu *vcpu)
{
	u64 pc, r0;
	bool be;

	if (!test_and_clear_bit(HVK_REQ_RESET, &vcpu->requests))
		return;
	spin_lock(&vcpu->reset_lock);
	pc = vcpu->reset.pc;
	r0 = vcpu->reset.r0;
	be = vcpu->reset.be;
	spin_unlock(&vcpu->reset_lock);

	hvk_vcpu_reset(vcpu);
	vcpu->ctx->pc = pc;
	vcpu->ctx->x[0] = r0;
	if (be)
		vcpu->ctx->sys[HVK_SYS_SCTLR_EL1] |= BIT_ULL(25); /* EE */
}
