// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions that the module injects into the guest's EL1, and how PC and PSTATE change when
 * an instruction is skipped (EL1, process context; the vCPU is not in the guest).
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <asm/kvm_arm.h>
#include <asm/ptrace.h>
#include <asm/sysreg.h>

#include "base/esr.h"
#include "base/idreg.h"
#include "core/regs.h"
#include "trap/guestdbg.h"
#include "trap/inject.h"

/* SCTLR_EL1 */
#define SCTLR_SPAN	BIT_ULL(23)
#define SCTLR_E0E	BIT_ULL(24)
#define SCTLR_EE	BIT_ULL(25)
#define SCTLR_DSSBS	BIT_ULL(44)

/* PSTATE in SPSR_ELx (DDI 0487 C5.2.18); A32: only in AArch32 state */
#define SPSR_M		GENMASK_ULL(4, 0)
#define SPSR_A32_T	BIT_ULL(5)
#define SPSR_A32_E	BIT_ULL(9)
#define SPSR_A32_IT_HI	GENMASK_ULL(15, 10)	/* IT[7:2] */
#define SPSR_SSBS	BIT_ULL(12)
#define SPSR_PAN	BIT_ULL(22)
#define SPSR_DIT	BIT_ULL(24)
#define SPSR_A32_IT_LO	GENMASK_ULL(26, 25)	/* IT[1:0] */
#define SPSR_V		BIT_ULL(28)
#define SPSR_C		BIT_ULL(29)
#define SPSR_Z		BIT_ULL(30)
#define SPSR_N		BIT_ULL(31)
#define SPSR_NZCV	GENMASK_ULL(31, 28)

/* Offsets from VBAR_EL1 of the vectors of synchronous exceptions (D1.3.1.3) */
#define VECTOR_CUR_SP0	0x000
#define VECTOR_CUR_SPX	0x200
#define VECTOR_LOW_A64	0x400
#define VECTOR_LOW_A32	0x600

bool hvk_guest_is_a32(const struct hvk_vcpu *vcpu)
{
	return vcpu->ctx->pstate & HVK_PSTATE_NRW;
}

bool hvk_guest_is_el0(const struct hvk_vcpu *vcpu)
{
	/* A guest's EL1 is always in AArch64, so that AArch32 means EL0. */
	return hvk_guest_is_a32(vcpu) ||
	       (vcpu->ctx->pstate & SPSR_M) == PSR_MODE_EL0t;
}

bool hvk_guest_is_be_now(const struct hvk_vcpu *vcpu)
{
	u64 sctlr = vcpu->ctx->sys[HVK_SYS_SCTLR_EL1];

	if (hvk_guest_is_a32(vcpu))
		return vcpu->ctx->pstate & SPSR_A32_E;
	return sctlr & (hvk_guest_is_el0(vcpu) ? SCTLR_E0E : SCTLR_EE);
}

unsigned int hvk_guest_sp(const struct hvk_vcpu *vcpu)
{
	return (vcpu->ctx->pstate & SPSR_M) == PSR_MODE_EL1h ?
	       HVK_SYS_SP_EL1 : HVK_SYS_SP_EL0;
}

/* --- skipping ------------------------------------------------------------------ */

/* PSTATE.IT: base condition in [7:5], mask in [4:0] (DDI 0487 F1.6.1). */
static unsigned int it_state(u64 pstate)
{
	return FIELD_GET(SPSR_A32_IT_HI, pstate) << 2 |
	       FIELD_GET(SPSR_A32_IT_LO, pstate);
}

/* ITAdvance(): pstate with IT as it is for the next instruction. */
static u64 it_advance(u64 pstate)
{
	unsigned int it = it_state(pstate);

	if (!(it & 7))
		it = 0;	/* this was the last instruction of the IT block */
	else
		it = (it & 0xe0) | (it << 1 & 0x1f);

	pstate &= ~(SPSR_A32_IT_HI | SPSR_A32_IT_LO);
	return pstate | FIELD_PREP(SPSR_A32_IT_HI, it >> 2) |
	       FIELD_PREP(SPSR_A32_IT_LO, it & 3);
}

void hvk_skip_any_insn(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;

	/* With SS clear, a single step exception is taken at the next entry (D2.11.4). */
	ctx->pstate &= ~HVK_PSTATE_SS;
	hvk_guestdbg_stepped(vcpu);

	if (!hvk_guest_is_a32(vcpu)) {
		ctx->pc += 4;
		ctx->pstate &= ~HVK_PSTATE_BTYPE;
		return;
	}

	if ((ctx->pstate & SPSR_A32_T) && !(ctx->exit.esr & HVK_ESR_IL))
		ctx->pc += 2;
	else
		ctx->pc += 4;
	ctx->pc = lower_32_bits(ctx->pc);
	ctx->pstate = it_advance(ctx->pstate);
}

bool hvk_cond_passes(const struct hvk_vcpu *vcpu)
{
	u64 esr = vcpu->ctx->exit.esr, pstate = vcpu->ctx->pstate;
	unsigned int cond, it;
	bool n, z, c, v, pass;

	if (!hvk_guest_is_a32(vcpu))
		return true;
	if (esr & HVK_ISS_CV) {
		cond = FIELD_GET(HVK_ISS_COND, esr);
	} else {
		/* T32 without a valid COND: the condition is the IT block's. */
		it = it_state(pstate);
		if (!it)
			return true;
		cond = it >> 4;
	}

	n = pstate & SPSR_N;
	z = pstate & SPSR_Z;
	c = pstate & SPSR_C;
	v = pstate & SPSR_V;
	/* ConditionHolds(), DDI 0487 J1.3.3 */
	switch (cond >> 1) {
	case 0:
		pass = z;
		break;
	case 1:
		pass = c;
		break;
	case 2:
		pass = n;
		break;
	case 3:
		pass = v;
		break;
	case 4:
		pass = c && !z;
		break;
	case 5:
		pass = n == v;
		break;
	case 6:
		pass = n == v && !z;
		break;
	default:
		return true;
	}
	return cond & 1 ? !pass : pass;
}

/* --- synchronous exceptions ------------------------------------------------------ */

/* TakeException() to EL1 (DDI 0487 J1.3.3): sets PSTATE, SPSR_EL1, ELR_EL1 and the PC. */
static void enter_el1(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	u64 sctlr = ctx->sys[HVK_SYS_SCTLR_EL1];
	u64 old = ctx->pstate, new, vector;

	if (old & HVK_PSTATE_NRW)
		vector = VECTOR_LOW_A32;
	else if ((old & SPSR_M) == PSR_MODE_EL0t)
		vector = VECTOR_LOW_A64;
	else if ((old & SPSR_M) == PSR_MODE_EL1t)
		vector = VECTOR_CUR_SP0;
	else
		vector = VECTOR_CUR_SPX;

	new = (old & (SPSR_NZCV | SPSR_DIT)) | PSR_MODE_EL1h |
	      PSR_D_BIT | PSR_A_BIT | PSR_I_BIT | PSR_F_BIT;
	/* PAN and SSBS are RES0 on a PE without the extension. */
	if (hvk_idreg_has_pan())
		new |= sctlr & SCTLR_SPAN ? old & SPSR_PAN : SPSR_PAN;
	if (hvk_idreg_has_ssbs())
		new |= sctlr & SCTLR_DSSBS ? SPSR_SSBS : 0;

	ctx->sys[HVK_SYS_SPSR_EL1] = old;
	ctx->sys[HVK_SYS_ELR_EL1] = ctx->pc;
	ctx->pc = ctx->sys[HVK_SYS_VBAR_EL1] + vector;
	ctx->pstate = new;
	hvk_guestdbg_stepped(vcpu);
}

void hvk_inject_undef(struct hvk_vcpu *vcpu)
{
	hvk_regs_sync(vcpu);
	/* For EC 0, IL is 1 whatever the instruction's length is (D17.2.37). */
	vcpu->ctx->sys[HVK_SYS_ESR_EL1] =
		FIELD_PREP(HVK_ESR_EC, HVK_EC_UNKNOWN) | HVK_ESR_IL;
	enter_el1(vcpu);
}

static void inject_abort(struct hvk_vcpu *vcpu, bool iabt, u64 va,
			 unsigned int fsc)
{
	unsigned int ec;

	if (hvk_guest_is_el0(vcpu))
		ec = iabt ? HVK_EC_IABT_LOW : HVK_EC_DABT_LOW;
	else
		ec = iabt ? HVK_EC_IABT_CUR : HVK_EC_DABT_CUR;

	hvk_regs_sync(vcpu);
	/* IL is 1 for instruction aborts and for data aborts without ISV. */
	vcpu->ctx->sys[HVK_SYS_ESR_EL1] = FIELD_PREP(HVK_ESR_EC, ec) |
					  HVK_ESR_IL | fsc;
	vcpu->ctx->sys[HVK_SYS_FAR_EL1] = va;
	enter_el1(vcpu);
}

void hvk_inject_dabt(struct hvk_vcpu *vcpu, u64 va)
{
	inject_abort(vcpu, false, va, HVK_FSC_EXTERNAL);
}

void hvk_inject_iabt(struct hvk_vcpu *vcpu, u64 va)
{
	inject_abort(vcpu, true, va, HVK_FSC_EXTERNAL);
}

void hvk_inject_walk_abort(struct hvk_vcpu *vcpu, bool iabt, u64 va,
			   unsigned int level)
{
	inject_abort(vcpu, iabt, va, HVK_FSC_EXTERNAL_WALK | (level & 3));
}

/* --- SError -------------------------------------------------------------------------- */

/*
 * HCR_EL2.VSE makes a virtual SError pending; EL2 clears it in the context once the guest
 * has taken the SError. The module does not set a syndrome, as guests are not offered the
 * RAS extension.
 */
void hvk_inject_serror(struct hvk_vcpu *vcpu)
{
	vcpu->ctx->cfg.hcr |= HVK_HCR_VSE;
}

int hvk_vcpu_events_get(struct hvk_vcpu *vcpu, struct kvm_vcpu_events *ev)
{
	*ev = (struct kvm_vcpu_events) {
		.exception.serror_pending = !!(vcpu->ctx->cfg.hcr & HVK_HCR_VSE),
	};
	return 0;
}

int hvk_vcpu_events_set(struct hvk_vcpu *vcpu,
			const struct kvm_vcpu_events *ev)
{
	if (memchr_inv(ev->exception.pad, 0, sizeof(ev->exception.pad)) ||
	    memchr_inv(ev->reserved, 0, sizeof(ev->reserved)))
		return -EINVAL;
	if (ev->exception.serror_pending && ev->exception.serror_has_esr)
		return -EINVAL;
	if (ev->exception.serror_pending)
		hvk_inject_serror(vcpu);
	if (ev->exception.ext_dabt_pending) {
		/* The abort answers the MMIO access that the VMM has not completed, if any. */
		vcpu->mmio.pending = false;
		hvk_inject_dabt(vcpu, vcpu->ctx->exit.far);
	}
	return 0;
}
