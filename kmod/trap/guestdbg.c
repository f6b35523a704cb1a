// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VMM that debugs its guest: KVM_SET_GUEST_DEBUG (EL1, vcpu->mutex held; DDI 0487 D2).
 *
 * Meanwhile debug exceptions of the guest go to EL2 (MDCR_EL2.TDE) and end KVM_RUN.
 * Accesses to debug registers trap, as always, so that the guest sees its own values
 * whatever the PE holds. MDSCR_EL1 and PSTATE.SS have the VMM's values in guest mode alone;
 * its breakpoints and watchpoints are in ctx->vmm_dbg, apart from the guest's.
 *
 * A single step: the entry sets PSTATE.SS, executing the instruction clears it, and then
 * the PE takes the exception. If guest mode ends between these two, or the module emulates
 * the instruction, the exception is due, and the next entry with SS clear takes it at once
 * (D2.11.4, active-pending).
 */
#include <linux/string.h>

#include "core/vcpu.h"
#include "trap/guestdbg.h"
#include "trap/sysreg_entry.h"

/* PSTATE.SS in SPSR_EL2 (DDI 0487 C5.2.19) */
#define SPSR_SS		BIT_ULL(21)

static bool steps(const struct hvk_vcpu *vcpu)
{
	return vcpu->dbg.control & KVM_GUESTDBG_SINGLESTEP;
}

int hvk_guestdbg_set(struct hvk_vcpu *vcpu, const struct kvm_guest_debug *dbg)
{
	struct hvk_dbg *bank = &vcpu->ctx->vmm_dbg;

	BUILD_BUG_ON(sizeof(bank->bcr) != sizeof(dbg->arch.dbg_bcr));
	if (dbg->control & ~HVK_GUESTDBG_VALID)
		return -EINVAL;
	vcpu->dbg.control = dbg->control & KVM_GUESTDBG_ENABLE ?
			    dbg->control : 0;
	if (!steps(vcpu))
		vcpu->dbg.step_due = false;
	if (vcpu->dbg.control & KVM_GUESTDBG_USE_HW) {
		memcpy(bank->bcr, dbg->arch.dbg_bcr, sizeof(bank->bcr));
		memcpy(bank->bvr, dbg->arch.dbg_bvr, sizeof(bank->bvr));
		memcpy(bank->wcr, dbg->arch.dbg_wcr, sizeof(bank->wcr));
		memcpy(bank->wvr, dbg->arch.dbg_wvr, sizeof(bank->wvr));
	}
	return 0;
}

void hvk_guestdbg_load(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	struct hvk_guestdbg *dbg = &vcpu->dbg;
	u64 mdscr = ctx->sys[HVK_SYS_MDSCR_EL1];

	dbg->flags = ctx->cfg.flags;
	dbg->mdscr = mdscr;
	dbg->ss = ctx->pstate & SPSR_SS;

	ctx->cfg.flags |= HVK_CTX_F_TDE;
	/*
	 * With SS, the guest's own single steps would end KVM_RUN as if the VMM had
	 * asked for them. With TDE, KDE enables debug exceptions of EL2 itself.
	 */
	mdscr &= ~(HVK_MDSCR_SS | HVK_MDSCR_KDE);
	if (steps(vcpu)) {
		mdscr |= HVK_MDSCR_SS;
		ctx->pstate &= ~SPSR_SS;
		if (!dbg->step_due)
			ctx->pstate |= SPSR_SS;
	}
	if (dbg->control & KVM_GUESTDBG_USE_HW) {
		mdscr |= HVK_MDSCR_MDE;
		ctx->cfg.flags |= HVK_CTX_F_VMM_DEBUG;
	}
	ctx->sys[HVK_SYS_MDSCR_EL1] = mdscr;
}

void hvk_guestdbg_put(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	struct hvk_guestdbg *dbg = &vcpu->dbg;

	if (steps(vcpu)) {
		dbg->step_due = !(ctx->pstate & SPSR_SS);
		ctx->pstate &= ~SPSR_SS;
		ctx->pstate |= dbg->ss;
	}
	ctx->sys[HVK_SYS_MDSCR_EL1] = dbg->mdscr;
	ctx->cfg.flags = dbg->flags;
}

void hvk_guestdbg_stepped(struct hvk_vcpu *vcpu)
{
	if (steps(vcpu))
		vcpu->dbg.step_due = true;
}

int hvk_guestdbg_exit(struct hvk_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	u64 esr = vcpu->ctx->exit.esr;

	run->exit_reason = KVM_EXIT_DEBUG;
	memset(&run->debug, 0, sizeof(run->debug));
	run->debug.arch.hsr = lower_32_bits(esr);
	run->debug.arch.hsr_high = upper_32_bits(esr);
	run->flags = KVM_DEBUG_ARCH_HSR_HIGH_VALID;
	switch (hvk_esr_ec(esr)) {
	case HVK_EC_WATCHPT_LOW:
		run->debug.arch.far = vcpu->ctx->exit.far;
		break;
	case HVK_EC_SOFTSTP_LOW:
		vcpu->dbg.step_due = false;
		break;
	}
	return 0;
}
