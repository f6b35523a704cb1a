// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world switch (EL2, interrupts masked): the EL1 register sets of host and guest,
 * EL2's control registers, and the IPA of a stage-2 abort.
 *
 * EL2 does not trust the values that EL1 puts into the context: HCR, VTCR, CPTR, MDCR
 * and HSTR are built from constants and a whitelist at each entry, and the mode that
 * ERET goes to is checked.
 */
#include "answer_timer.h"
#include "el2_image.h"
#include "host.h"

/* --- into the guest ------------------------------------------------------------ */

/* Whether the vCPU was kicked. The acquire pairs with the barrier in hvk_vcpu_kick(). */
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
		/* ID_AA64PFR0_EL1.EL0 = 2: EL0 has AArch32 */
		return (read_sysreg(id_aa64pfr0_el1) & 15) == 2;
	default:
		return 0;
	}
}

/* The breakpoints and watchpoints to load for this guest, or NULL: none. */
static struct hvk_dbg *debug_bank(struct hvk_el2_ctx *ctx)
{
	if (ctx->cfg.flags & HVK_CTX_F_VMM_DEBUG)
		return &ctx->vmm_dbg;
	return ctx->cfg.flags & HVK_CTX_F_DEBUG ? &ctx->dbg : (void *)0;
}

/*
 * No guest has a PMU: accesses to it from a guest's EL1 trap to EL2 (MDCR_EL2). Those
 * from its EL0 would trap to its EL1 first unless PMUSERENR_EL0 permits them, and one to
 * PMXEVCNTR_EL0 may be UNDEFINED first if PMSELR_EL0 is out of range (DDI 0487 D17.5).
 * PMSELR_EL0 is not restored: the kernel does not rely on its value.
 */
static inline void pmu_to_el2(struct hvk_el2_cpu *cpu)
{
	if (!(cpu->flags & HVK_EL2_F_PMU))
		return;
	cpu->host_pmuserenr = read_sysreg(pmuserenr_el0);
	write_sysreg(0, pmselr_el0);
	/*
	 * Only EN. KVM also sets SW, CR and ER, whose accesses EN permits anyway;
	 * but where those are set, QEMU lets EL0 read counters in spite of MDCR_EL2.
	 */
	write_sysreg(PMUSERENR_EN, pmuserenr_el0);
}

static inline u64 guest_mdcr(const struct hvk_el2_cpu *cpu)
{
	return HVK_MDCR_GUEST | (cpu->saved.mdcr & MDCR_HPMN);
}

static inline void load_guest_controls(u64 mdcr, u64 cptr, u64 cnthctl)
{
	write_sysreg(mdcr, mdcr_el2);
	write_sysreg(cptr, cptr_el2);
	write_sysreg(HVK_HSTR_GUEST, hstr_el2);
	write_sysreg(cnthctl, cnthctl_el2);
}

/*
 * Loads EL2's controls for a guest or a PE with more than most have: features beyond
 * Armv8.0, breakpoints, a CNTPCT with an offset. Returns what HCR_EL2 has to be.
 */
static __attribute__((__noinline__)) u64
load_more_controls(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx, u64 hcr)
{
	struct hvk_el2_controls guest = {
		.hcr = hcr,
		.mdcr = guest_mdcr(cpu),
		.cptr = HVK_CPTR_GUEST,
	};
	struct hvk_dbg *bank = debug_bank(ctx);

	if (cpu->has)
		hvk_features_enter(cpu, ctx, &guest);
	if (bank)
		hvk_dbg_switch(&cpu->host_dbg, bank);
	if (ctx->cfg.flags & HVK_CTX_F_TDE)
		guest.mdcr |= MDCR_TDE;
	load_guest_controls(guest.mdcr, guest.cptr,
			    guest_cnthctl(cpu, !(ctx->cfg.flags & HVK_CTX_F_PCT)));
	return guest.hcr;
}

/*
 * Returns 0 with the guest loaded, except x0-x30, and FP, which follows on first use.
 * Any other value is the answer to RUN, and the host's state is unchanged.
 */
u64 hvk_el2_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	u64 hcr = HVK_HCR_GUEST | HOST_HCR_GUEST | (ctx->cfg.hcr & HVK_HCR_OPTIONAL);
	/* Read once: what is checked is what ERET uses. */
	u64 pstate = __atomic_load_n(&ctx->pstate, __ATOMIC_RELAXED);

	if (!mode_allowed(pstate))
		return HVK_EL2_EXIT_BASE + HVK_EXIT_ILLEGAL;
	if (kicked(ctx))
		return HVK_EL2_EXIT_BASE + HVK_EXIT_KICK;

	/*
	 * Table walks that the host started may still be in progress at EL2, and
	 * would mix the host's table bases with the guest's VMID. The DSB
	 * completes them before a register that they use changes. EL2 starts no
	 * new ones (DDI 0487 D8.1.5, R_LFHQG and what follows it).
	 */
	dsb(nsh);

	cpu->ctx = (u64)ctx;
	save_host(cpu);
	/* Before anything is the guest's: a fault from here on finds the host's state by ctx. */
	write_sysreg(cpu->vbar_guest, vbar_el2);

	if (cpu->has | ctx->cfg.flags)
		hcr = load_more_controls(cpu, ctx, hcr);
	else
		load_guest_controls(guest_mdcr(cpu), HVK_CPTR_GUEST, guest_cnthctl(cpu, 1));
	pmu_to_el2(cpu);
	load_guest_el1(cpu, ctx, hcr);

	/* The offset first: the timer compares CVAL with the guest's count. */
	write_sysreg(ctx->cfg.cntvoff, cntvoff_el2);
	write_named(ctx->sys[HVK_SYS_CNTV_CVAL_EL0], EL1_CNTV_CVAL);
	isb();	/* offset and CVAL hold before the timer is enabled */
	write_named(ctx->sys[HVK_SYS_CNTV_CTL_EL0] & 3, EL1_CNTV_CTL);
	arm_physical_timer(ctx);

	write_sysreg(ctx->pc, elr_el2);
	write_sysreg(pstate, spsr_el2);
	return 0;
}

/* --- out of the guest ---------------------------------------------------------- */

/*
 * Makes ctx->exit.hpfar right for a stage-2 abort. For a permission fault, hardware
 * writes HPFAR_EL2 only if it happened on the stage-1 walk (DDI 0487 D17.2.67); with
 * erratum 834220 the value may be wrong for every fault that is not on the stage-1 walk.
 * In these cases the IPA comes from the guest's own translation of FAR, which is still
 * loaded. Returns 0 if that translation fails: another PE of the guest changed its
 * tables, or (834220) the fault is stage 1's. The guest then tries again.
 */
static int resolve_hpfar(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	u64 esr = ctx->exit.esr, par, found;

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

/* Loads the host's values of EL2's controls, except those that load_host_el1() loads. */
static inline void load_host_controls(struct hvk_el2_cpu *cpu)
{
	write_sysreg(cpu->saved.mdcr, mdcr_el2);
	write_sysreg(cpu->saved.cptr, cptr_el2);
	write_sysreg(cpu->saved.hstr, hstr_el2);
	write_sysreg(cpu->saved.cnthctl, cnthctl_el2);
	if (cpu->flags & HVK_EL2_F_PMU)
		write_sysreg(cpu->host_pmuserenr, pmuserenr_el0);
	write_sysreg(cpu->vbar_host, vbar_el2);
}

/* Reverses load_more_controls(), once EL2's plain controls are the host's again. */
static __attribute__((__noinline__)) void
leave_more_controls(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	struct hvk_dbg *bank = debug_bank(ctx);

	if (bank)
		hvk_dbg_switch(bank, &cpu->host_dbg);
	if (cpu->has)
		hvk_features_leave(cpu, ctx);
}

/*
 * Saves the guest's timer, and silences it before its offset is replaced. The timer stays
 * enabled, but masked: ISTATUS, which does not depend on IMASK (DDI 0487 D17.11.16), is
 * read when the line is low for good. So EL1 knows of every interrupt that the GIC may
 * have seen.
 */
static inline void save_timer(struct hvk_el2_ctx *ctx)
{
	u64 ctl = read_named(EL1_CNTV_CTL);

	write_named(ctl | CNT_CTL_IMASK, EL1_CNTV_CTL);
	isb();	/* the line is low before ISTATUS is read, and before EL1 can take interrupts */
	ctx->sys[HVK_SYS_CNTV_CVAL_EL0] = read_named(EL1_CNTV_CVAL);
	ctx->sys[HVK_SYS_CNTV_CTL_EL0] = (ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) |
					 (read_named(EL1_CNTV_CTL) & CNT_CTL_ISTATUS);
}

static inline void restore_host(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	save_timer(ctx);
	write_named(0, DEADLINE_CTL);
	write_sysreg(cpu->saved.cntvoff, cntvoff_el2);

	if (cpu->fp_guest) {
		hvk_fp_save(&ctx->fp);
		hvk_fp_load(&cpu->host_fp);
		cpu->fp_guest = 0;
	}

	save_guest_el1(ctx);
	load_host_el1(cpu);

	load_host_controls(cpu);
	if (cpu->has | ctx->cfg.flags)
		leave_more_controls(cpu, ctx);

	load_host_return(cpu);
	cpu->ctx = 0;
}

static u64 resume(struct hvk_el2_ctx *ctx)
{
	write_sysreg(ctx->pc, elr_el2);
	write_sysreg(ctx->pstate, spsr_el2);
	return HVK_RESUME;
}

/*
 * Returns HVK_RESUME if the guest is to be entered again; any other value is the answer
 * to RUN, and the host is loaded.
 */
u64 hvk_el2_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx, u64 kind)
{
	u64 hcr;

	/* Not with an SError (F_SERROR): EL1 then has the guest execute the instruction again. */
	if (kind == HVK_EXIT_SYNC) {
		unsigned int ec = ESR_EC(ctx->exit.esr);

		if (ec == EC_FP && hvk_fastpath(cpu, ctx)) {
			if (!kicked(ctx))
				return resume(ctx);
			kind = HVK_EXIT_KICK;
		} else if ((ec == EC_DABT_LOW || ec == EC_IABT_LOW) &&
			   !resolve_hpfar(cpu, ctx)) {
			return resume(ctx);
		}
	}

	/* Hardware clears VSE once the guest has taken its virtual SError. */
	hcr = read_sysreg(hcr_el2);
	ctx->cfg.hcr = (ctx->cfg.hcr & ~HVK_HCR_VSE) | (hcr & HVK_HCR_VSE);

	restore_host(cpu, ctx);
	return HVK_EL2_EXIT_BASE + kind;
}

/*
 * Accesses no memory but *cpu: the guest's context may be what EL2 faulted on. FP
 * registers and breakpoints stay the guest's, because the host only panics.
 */
void hvk_el2_abandon(struct hvk_el2_cpu *cpu)
{
	if (!cpu->ctx)
		return;
	/* The guest's walks complete before the registers that they use change, as on entry. */
	dsb(nsh);
	write_named(0, EL1_CNTV_CTL);
	write_named(0, DEADLINE_CTL);
	isb();	/* the guest's timer is silent before the host has interrupts */
	write_sysreg(cpu->saved.cntvoff, cntvoff_el2);
	load_host_el1(cpu);
	load_host_controls(cpu);
	cpu->ctx = 0;
}
