// SPDX-License-Identifier: GPL-2.0-only
/*
 * Synchronous exits of the guest: one table of handlers, indexed by exception class (EL1,
 * process context, interrupts on). They follow the exit contract of core/vcpu.h.
 */
#include <linux/kernel.h>
#include <linux/nospec.h>
#include <linux/sched.h>

#include <asm/ptrace.h>

#include "core/vcpu.h"
#include "sched/block.h"
#include "sched/frame.h"
#include "trap/abort.h"
#include "trap/cp15.h"
#include "trap/dabt.h"
#include "trap/exit.h"
#include "trap/guestdbg.h"
#include "trap/hypercall.h"
#include "trap/inject.h"
#include "trap/sysreg.h"

typedef int (*exit_fn)(struct hvk_vcpu *vcpu);

static int exit_undef(struct hvk_vcpu *vcpu)
{
	hvk_inject_undef(vcpu);
	return 1;
}

static int exit_unknown(struct hvk_vcpu *vcpu)
{
	pr_debug_ratelimited("hvk: unknown exception class, ESR %#llx at %#llx\n",
			     vcpu->ctx->exit.esr, vcpu->ctx->pc);
	return exit_undef(vcpu);
}

/*
 * WFI blocks the vCPU until an interrupt is pending for it. WFE only reschedules: its
 * event may be another vCPU's SEV or store, which does not trap, so that hvk would not
 * know when to end the wait.
 */
static int exit_wfx(struct hvk_vcpu *vcpu)
{
	bool wfe = vcpu->ctx->exit.esr & FIELD_PREP(HVK_ISS_WFX_TI, 1);
	bool executed = hvk_cond_passes(vcpu);

	hvk_skip_insn(vcpu);
	if (!executed)
		return 1;
	if (wfe) {
		cond_resched();
		return 1;
	}
	hvk_frame_started(vcpu);
	hvk_vcpu_block(vcpu);
	return 1;
}

static int exit_hvc(struct hvk_vcpu *vcpu)
{
	/* ELR_EL2 is the address after the HVC already (DDI 0487 D1.3.3). */
	return hvk_smccc_call(vcpu);
}

static int exit_smc(struct hvk_vcpu *vcpu)
{
	/* A trapped instruction, not an SMC exception: ELR_EL2 is the SMC's own address. */
	hvk_skip_insn(vcpu);

	/* Immediates other than zero are reserved (DEN0028 2.10). */
	if (FIELD_GET(HVK_ISS_IMM16, vcpu->ctx->exit.esr)) {
		hvk_set_x(vcpu, 0, ~0ULL);
		return 1;
	}
	return hvk_smccc_call(vcpu);
}

/* A class that is not in the table goes to exit_unknown(): UNDEFINED, as with KVM. */
static const exit_fn exit_table[HVK_NR_EC] = {
	[HVK_EC_WFX]		= exit_wfx,
	[HVK_EC_CP15_32]	= hvk_cp15_trap,
	[HVK_EC_CP15_64]	= hvk_cp15_64_trap,
	[HVK_EC_CP14_32]	= hvk_cp14_trap,
	[HVK_EC_CP14_LS]	= hvk_a32_undef,
	[HVK_EC_CP10_ID]	= hvk_a32_undef,
	[HVK_EC_CP14_64]	= hvk_a32_undef,
	[HVK_EC_FP]		= exit_undef,
	[HVK_EC_PAC]		= exit_undef,
	[HVK_EC_SVE]		= exit_undef,
	[HVK_EC_SME]		= exit_undef,
	[HVK_EC_HVC64]		= exit_hvc,
	[HVK_EC_SMC64]		= exit_smc,
	[HVK_EC_SYS64]		= hvk_sysreg_trap,
	[HVK_EC_IABT_LOW]	= hvk_s2_abort,
	[HVK_EC_DABT_LOW]	= hvk_data_abort,
	/* Only with MDCR_EL2.TDE, while the VMM debugs; else they go to the guest's EL1. */
	[HVK_EC_BREAKPT_LOW]	= hvk_guestdbg_exit,
	[HVK_EC_SOFTSTP_LOW]	= hvk_guestdbg_exit,
	[HVK_EC_WATCHPT_LOW]	= hvk_guestdbg_exit,
	[HVK_EC_BKPT32]		= hvk_guestdbg_exit,
	[HVK_EC_BRK64]		= hvk_guestdbg_exit,
};

/* The counter of each class. HVK_STAT_KINDS: none here, as abort.c and mmio.c count it. */
static const u8 kind_table[HVK_NR_EC] = {
	[0 ... HVK_NR_EC - 1]	= HVK_STAT_OTHER,
	[HVK_EC_WFX]		= HVK_STAT_WFI,
	[HVK_EC_CP15_32]	= HVK_STAT_SYSREG,
	[HVK_EC_CP15_64]	= HVK_STAT_SYSREG,
	[HVK_EC_CP14_32]	= HVK_STAT_SYSREG,
	[HVK_EC_CP14_64]	= HVK_STAT_SYSREG,
	[HVK_EC_HVC64]		= HVK_STAT_HVC,
	[HVK_EC_SMC64]		= HVK_STAT_SMC,
	[HVK_EC_SYS64]		= HVK_STAT_SYSREG,
	[HVK_EC_IABT_LOW]	= HVK_STAT_KINDS,
	[HVK_EC_DABT_LOW]	= HVK_STAT_KINDS,
};

static void count_exit(struct hvk_vcpu *vcpu, unsigned int ec)
{
	unsigned int kind = kind_table[ec];

	if (kind == HVK_STAT_WFI &&
	    vcpu->ctx->exit.esr & FIELD_PREP(HVK_ISS_WFX_TI, 1))
		kind = HVK_STAT_WFE;
	if (kind < HVK_STAT_KINDS)
		hvk_count(vcpu, kind);
}

int hvk_handle_exit(struct hvk_vcpu *vcpu)
{
	unsigned int ec = hvk_esr_ec(vcpu->ctx->exit.esr);
	exit_fn handler;

	ec = array_index_nospec(ec, HVK_NR_EC);
	handler = exit_table[ec];
	count_exit(vcpu, ec);
	return handler ? handler(vcpu) : exit_unknown(vcpu);
}
