// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world switch (EL2, interrupts masked): the EL1 register sets of host
 * and guest, the controls of EL2, and what a stage-2 abort needs to be told.
 *
 * EL2 trusts nothing of what EL1 asks for: HCR, VTCR, CPTR, MDCR and HSTR are
 * built from constants and a whitelist at each entry, and the mode that ERET
 * goes to is checked.
 */
#include "el2_image.h"

/* But for MDSCR_EL1: a guest's is written by EL1 alone, since it traps. */
static void save_el1(u64 *sys)
{
	sys[HVK_SYS_SCTLR_EL1] = read_sysreg(sctlr_el1);
	sys[HVK_SYS_TCR_EL1] = read_sysreg(tcr_el1);
	sys[HVK_SYS_CSSELR_EL1] = read_sysreg(csselr_el1);
	sys[HVK_SYS_CPACR_EL1] = read_sysreg(cpacr_el1);
	sys[HVK_SYS_TTBR0_EL1] = read_sysreg(ttbr0_el1);
	sys[HVK_SYS_TTBR1_EL1] = read_sysreg(ttbr1_el1);
	sys[HVK_SYS_ESR_EL1] = read_sysreg(esr_el1);
	sys[HVK_SYS_AFSR0_EL1] = read_sysreg(afsr0_el1);
	sys[HVK_SYS_AFSR1_EL1] = read_sysreg(afsr1_el1);
	sys[HVK_SYS_FAR_EL1] = read_sysreg(far_el1);
	sys[HVK_SYS_MAIR_EL1] = read_sysreg(mair_el1);
	sys[HVK_SYS_VBAR_EL1] = read_sysreg(vbar_el1);
	sys[HVK_SYS_CONTEXTIDR_EL1] = read_sysreg(contextidr_el1);
	sys[HVK_SYS_AMAIR_EL1] = read_sysreg(amair_el1);
	sys[HVK_SYS_CNTKCTL_EL1] = read_sysreg(cntkctl_el1);
	sys[HVK_SYS_PAR_EL1] = read_sysreg(par_el1);
	sys[HVK_SYS_TPIDR_EL1] = read_sysreg(tpidr_el1);
	sys[HVK_SYS_TPIDR_EL0] = read_sysreg(tpidr_el0);
	sys[HVK_SYS_TPIDRRO_EL0] = read_sysreg(tpidrro_el0);
	sys[HVK_SYS_SP_EL0] = read_sysreg(sp_el0);
	sys[HVK_SYS_SP_EL1] = read_sysreg(sp_el1);
	sys[HVK_SYS_ELR_EL1] = read_sysreg(elr_el1);
	sys[HVK_SYS_SPSR_EL1] = read_sysreg(spsr_el1);
}

/* All but SCTLR and TCR, whose order is fixed by erratum 1319367. */
static void load_plain_el1(const u64 *sys)
{
	write_sysreg(sys[HVK_SYS_CSSELR_EL1], csselr_el1);
	write_sysreg(sys[HVK_SYS_CPACR_EL1], cpacr_el1);
	write_sysreg(sys[HVK_SYS_TTBR0_EL1], ttbr0_el1);
	write_sysreg(sys[HVK_SYS_TTBR1_EL1], ttbr1_el1);
	write_sysreg(sys[HVK_SYS_ESR_EL1], esr_el1);
	write_sysreg(sys[HVK_SYS_AFSR0_EL1], afsr0_el1);
	write_sysreg(sys[HVK_SYS_AFSR1_EL1], afsr1_el1);
	write_sysreg(sys[HVK_SYS_FAR_EL1], far_el1);
	write_sysreg(sys[HVK_SYS_MAIR_EL1], mair_el1);
	write_sysreg(sys[HVK_SYS_VBAR_EL1], vbar_el1);
	write_sysreg(sys[HVK_SYS_CONTEXTIDR_EL1], contextidr_el1);
	write_sysreg(sys[HVK_SYS_AMAIR_EL1], amair_el1);
	write_sysreg(sys[HVK_SYS_CNTKCTL_EL1], cntkctl_el1);
	write_sysreg(sys[HVK_SYS_PAR_EL1], par_el1);
	write_sysreg(sys[HVK_SYS_TPIDR_EL1], tpidr_el1);
	write_sysreg(sys[HVK_SYS_TPIDR_EL0], tpidr_el0);
	write_sysreg(sys[HVK_SYS_TPIDRRO_EL0], tpidrro_el0);
	write_sysreg(sys[HVK_SYS_SP_EL0], sp_el0);
	write_sysreg(sys[HVK_SYS_SP_EL1], sp_el1);
	write_sysreg(sys[HVK_SYS_ELR_EL1], elr_el1);
	write_sysreg(sys[HVK_SYS_SPSR_EL1], spsr_el1);
	write_sysreg(sys[HVK_SYS_MDSCR_EL1], mdscr_el1);
}

/* --- into the guest ------------------------------------------------------------ */

/* Pairs with the barrier of hvk_vcpu_kick(). */
static int kicked(struct hvk_el2_ctx *ctx)
{
	return __atomic_load_n(&ctx->shared.kick, __ATOMIC_ACQUIRE);
}

static int mode_allowed(u64 pstate)
{
	switch (pstate & SPSR_M_MASK) {
	case SPSR_M_EL0T:
	case SPSR_M_EL1T:
	case SPSR_M_EL1H:
		return 1;
	case SPSR_M_A32_USR:
		/* ID_AA64PFR0_EL1.EL0 = 2: EL0 knows AArch32 */
		return (read_sysreg(id_aa64pfr0_el1) & 15) == 2;
	default:
		return 0;
	}
}

/* The breakpoints and watchpoints that go with this guest, or NULL. */
static struct hvk_dbg *debug_bank(struct hvk_el2_ctx *ctx)
{
	if (ctx->cfg.flags & HVK_CTX_F_VMM_DEBUG)
		return &ctx->vmm_dbg;
	return ctx->cfg.flags & HVK_CTX_F_DEBUG ? &ctx->dbg : (void *)0;
}

static void load_guest_el1(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx,
			   u64 hcr)
{
	const u64 *sys = ctx->sys;
	u64 vttbr = ctx->cfg.vttbr & HVK_VTTBR_MASK;
	u64 vtcr = HVK_VTCR(ctx->cfg.vtcr);

	write_sysreg(sys[HVK_SYS_MPIDR_EL1], vmpidr_el2);

	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		/*
		 * Erratum 1319367: a speculative AT may walk with a mix of
		 * host and guest registers and leave the result in the TLB.
		 * No walk is possible while EPD0 and EPD1 are set with the
		 * MMU on; they go in before anything changes and out when
		 * all is the guest's.
		 */
		write_sysreg(sys[HVK_SYS_TCR_EL1] | TCR_EPD0 | TCR_EPD1,
			     tcr_el1);
		isb();	/* walks are off before the bases change */
		load_plain_el1(sys);
		write_sysreg(vtcr, vtcr_el2);
		write_sysreg(vttbr, vttbr_el2);
		write_sysreg(hcr, hcr_el2);
		isb();	/* stage-2 is the guest's before SCTLR is */
		write_sysreg(sys[HVK_SYS_SCTLR_EL1], sctlr_el1);
		isb();	/* and SCTLR before walks are allowed */
		write_sysreg(sys[HVK_SYS_TCR_EL1], tcr_el1);
		return;
	}

	/* The ERET into the guest synchronises all of it. */
	write_sysreg(sys[HVK_SYS_SCTLR_EL1], sctlr_el1);
	write_sysreg(sys[HVK_SYS_TCR_EL1], tcr_el1);
	load_plain_el1(sys);
	write_sysreg(vtcr, vtcr_el2);
	write_sysreg(vttbr, vttbr_el2);
	write_sysreg(hcr, hcr_el2);
}

/*
 * No guest has a PMU: what its EL1 does there traps here (MDCR_EL2). What its
 * EL0 does traps to its EL1 first unless PMUSERENR_EL0 lets it pass, and a
 * PMXEVCNTR_EL0 whose PMSELR_EL0 is out of range may be UNDEFINED first (DDI
 * 0487 D17.5). The kernel needs PMSELR_EL0 from nobody but itself.
 */
static void pmu_to_el2(struct hvk_el2_cpu *cpu)
{
	if (!(cpu->flags & HVK_EL2_F_PMU))
		return;
	cpu->host_pmuserenr = read_sysreg(pmuserenr_el0);
	write_sysreg(0, pmselr_el0);
	/*
	 * KVM sets the bits that EN stands for as well; where those are set,
	 * QEMU lets EL0 read counters past MDCR_EL2.
	 */
	write_sysreg(PMUSERENR_EN, pmuserenr_el0);
}

/*
 * 0, with everything but x0-x30 the guest's; or the answer to RUN, and the
 * host is as it was.
 */
u64 hvk_el2_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	struct hvk_el2_controls guest = {
		.hcr = HVK_HCR_GUEST | (ctx->cfg.hcr & HVK_HCR_OPTIONAL),
		.mdcr = HVK_MDCR_GUEST | (cpu->saved.mdcr & MDCR_HPMN),
		.cptr = HVK_CPTR_GUEST,
	};
	struct hvk_dbg *bank = debug_bank(ctx);
	u64 pstate = ctx->pstate;

	if (!mode_allowed(pstate))
		return HVK_EL2_EXIT_BASE + HVK_EXIT_ILLEGAL;
	if (kicked(ctx))
		return HVK_EL2_EXIT_BASE + HVK_EXIT_KICK;

	/*
	 * Walks that the host started may still be under way here at EL2, and
	 * would mix its bases with the guest's VMID: they end before a
	 * register of theirs changes. None starts at EL2 (DDI 0487 D8.1.5,
	 * R_LFHQG and what follows it).
	 */
	dsb(nsh);

	cpu->host_elr = read_sysreg(elr_el2);
	cpu->host_spsr = read_sysreg(spsr_el2);
	cpu->ctx = (u64)ctx;
	save_el1(cpu->host_sys);
	cpu->host_sys[HVK_SYS_MDSCR_EL1] = read_sysreg(mdscr_el1);

	if (cpu->has)
		hvk_features_enter(cpu, ctx, &guest);
	if (bank)
		hvk_dbg_switch(&cpu->host_dbg, bank);
	if (ctx->cfg.flags & HVK_CTX_F_TDE)
		guest.mdcr |= MDCR_TDE;

	write_sysreg(guest.mdcr, mdcr_el2);
	write_sysreg(guest.cptr, cptr_el2);
	write_sysreg(HVK_HSTR_GUEST, hstr_el2);
	write_sysreg(ctx->cfg.flags & HVK_CTX_F_PCT ? 0 : CNTHCTL_EL1PCTEN,
		     cnthctl_el2);

	pmu_to_el2(cpu);
	load_guest_el1(cpu, ctx, guest.hcr);

	/* The offset first: CVAL is compared with the guest's count. */
	write_sysreg(ctx->cfg.cntvoff, cntvoff_el2);
	write_sysreg(ctx->sys[HVK_SYS_CNTV_CVAL_EL0], cntv_cval_el0);
	isb();	/* offset and CVAL hold before the timer is enabled */
	write_sysreg(ctx->sys[HVK_SYS_CNTV_CTL_EL0] & 3, cntv_ctl_el0);

	write_sysreg(cpu->vbar_guest, vbar_el2);
	write_sysreg(ctx->pc, elr_el2);
	write_sysreg(pstate, spsr_el2);
	return 0;
}

/* --- out of the guest ---------------------------------------------------------- */

/*
 * HPFAR_EL2 is not written for a permission fault unless it happened on the
 * stage-1 walk (DDI 0487 D17.2.67), and with erratum 834220 wrongly for any
 * other; then the guest's own translation is asked for the IPA, while it is
 * still loaded. 0 if that fails: another PE of the guest changed its tables,
 * or (834220) the fault is stage 1's; the guest just tries again.
 */
static int resolve_hpfar(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	u64 esr = ctx->exit.esr, par, found;
	unsigned int ec = ESR_EC(esr);

	if (ec != EC_DABT_LOW && ec != EC_IABT_LOW)
		return 1;
	/* ISS bit 7: S1PTW. FSC 0b0011LL: permission fault. */
	if (esr & BIT(7))
		return 1;
	if ((esr & 0x3c) != 0x0c && !(cpu->flags & HVK_EL2_F_834220))
		return 1;

	par = read_sysreg(par_el1);
	at(s1e1r, ctx->exit.far);
	isb();	/* PAR is read after the AT */
	found = read_sysreg(par_el1);
	write_sysreg(par, par_el1);
	if (found & 1)
		return 0;
	/* PAR.PA [51:12] to HPFAR.FIPA [47:4] */
	ctx->exit.hpfar = (found & 0x000ffffffffff000UL) >> 8;
	return 1;
}

/* The guest's walks have ended (R_LFHQG): guest_exit's DSB SY, or abandon's. */
static void load_host_el1(struct hvk_el2_cpu *cpu)
{
	const u64 *sys = cpu->host_sys;
	const struct hvk_el2_saved *saved = &cpu->saved;

	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		/* As on the way in, mirrored. */
		write_sysreg(read_sysreg(tcr_el1) | TCR_EPD0 | TCR_EPD1,
			     tcr_el1);
		isb();	/* walks are off */
		write_sysreg(read_sysreg(sctlr_el1) | SCTLR_M, sctlr_el1);
		isb();	/* with the MMU on, so that EPD counts */
		write_sysreg(saved->hcr, hcr_el2);
		write_sysreg(saved->vttbr, vttbr_el2);
		write_sysreg(saved->vtcr, vtcr_el2);
		isb();	/* stage-2 is gone before the host's bases are in */
		load_plain_el1(sys);
		write_sysreg(sys[HVK_SYS_SCTLR_EL1], sctlr_el1);
		isb();	/* all the host's before walks are allowed */
		write_sysreg(sys[HVK_SYS_TCR_EL1], tcr_el1);
	} else {
		write_sysreg(saved->hcr, hcr_el2);
		write_sysreg(saved->vttbr, vttbr_el2);
		write_sysreg(saved->vtcr, vtcr_el2);
		write_sysreg(sys[HVK_SYS_SCTLR_EL1], sctlr_el1);
		write_sysreg(sys[HVK_SYS_TCR_EL1], tcr_el1);
		load_plain_el1(sys);
	}
	write_sysreg(saved->vmpidr, vmpidr_el2);
}

/* EL2's controls as the host has them, but for those of load_host_el1(). */
static void load_host_controls(struct hvk_el2_cpu *cpu)
{
	write_sysreg(cpu->saved.mdcr, mdcr_el2);
	write_sysreg(cpu->saved.cptr, cptr_el2);
	write_sysreg(cpu->saved.hstr, hstr_el2);
	write_sysreg(cpu->saved.cnthctl, cnthctl_el2);
	if (cpu->flags & HVK_EL2_F_PMU)
		write_sysreg(cpu->host_pmuserenr, pmuserenr_el0);
	write_sysreg(cpu->vbar_host, vbar_el2);
}

static void restore_host(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	struct hvk_dbg *bank = debug_bank(ctx);

	/* Read and silence the guest's timer before its offset goes. */
	ctx->sys[HVK_SYS_CNTV_CTL_EL0] = read_sysreg(cntv_ctl_el0);
	ctx->sys[HVK_SYS_CNTV_CVAL_EL0] = read_sysreg(cntv_cval_el0);
	write_sysreg(0, cntv_ctl_el0);
	isb();	/* the line is low before EL1 can take interrupts */
	write_sysreg(cpu->saved.cntvoff, cntvoff_el2);

	if (cpu->fp_guest) {
		hvk_fp_save(&ctx->fp);
		hvk_fp_load(&cpu->host_fp);
		cpu->fp_guest = 0;
	}

	save_el1(ctx->sys);
	load_host_el1(cpu);

	load_host_controls(cpu);
	if (bank)
		hvk_dbg_switch(bank, &cpu->host_dbg);
	if (cpu->has)
		hvk_features_leave(cpu, ctx);

	write_sysreg(cpu->host_elr, elr_el2);
	write_sysreg(cpu->host_spsr, spsr_el2);
	cpu->ctx = 0;
}

static u64 resume(struct hvk_el2_ctx *ctx)
{
	write_sysreg(ctx->pc, elr_el2);
	write_sysreg(ctx->pstate, spsr_el2);
	return HVK_RESUME;
}

/* HVK_RESUME: back into the guest; else the answer to RUN. */
u64 hvk_el2_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx, u64 kind)
{
	u64 hcr;

	/* Not beside an SError: EL1 has the guest execute it again. */
	if (kind == HVK_EXIT_SYNC) {
		if (!hvk_fastpath(cpu, ctx)) {
			if (!resolve_hpfar(cpu, ctx))
				return resume(ctx);
		} else {
			if (!kicked(ctx))
				return resume(ctx);
			kind = HVK_EXIT_KICK;
		}
	}

	/* Hardware clears VSE once the guest has taken its virtual SError. */
	hcr = read_sysreg(hcr_el2);
	ctx->cfg.hcr = (ctx->cfg.hcr & ~HVK_HCR_VSE) | (hcr & HVK_HCR_VSE);

	restore_host(cpu, ctx);
	return HVK_EL2_EXIT_BASE + kind;
}

/*
 * Touches no memory but `cpu`: that of the guest may be why EL2 failed. The
 * host only panics: its FP registers and breakpoints stay the guest's.
 */
void hvk_el2_abandon(struct hvk_el2_cpu *cpu)
{
	if (!cpu->ctx)
		return;
	/* The guest's walks end before their registers change, as on entry. */
	dsb(nsh);
	write_sysreg(0, cntv_ctl_el0);
	isb();	/* the guest's timer is silent before the host has interrupts */
	write_sysreg(cpu->saved.cntvoff, cntvoff_el2);
	load_host_el1(cpu);
	load_host_controls(cpu);
	cpu->ctx = 0;
}
