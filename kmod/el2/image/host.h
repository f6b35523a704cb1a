/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's side of the world switch where its kernel is at EL1 (EL2, interrupts masked): the
 * registers' names, their layouts with HCR_EL2.E2H clear, and the host's own EL1 set, which
 * changes places with the guest's. For a kernel at EL2 el2/vhe/host.h stands in its place.
 */
#ifndef HVK_EL2_HOST_H
#define HVK_EL2_HOST_H

#include "el2_abi.h"
#include "el2_arch.h"

/* By which name EL2 accesses a register of the guest's EL1. */
#define EL1_SCTLR		sctlr_el1
#define EL1_TCR			tcr_el1
#define EL1_TTBR0		ttbr0_el1
#define EL1_TTBR1		ttbr1_el1
#define EL1_MAIR		mair_el1
#define EL1_AMAIR		amair_el1
#define EL1_CPACR		cpacr_el1
#define EL1_CNTKCTL		cntkctl_el1
#define EL1_VBAR		vbar_el1
#define EL1_CONTEXTIDR		contextidr_el1
#define EL1_ESR			esr_el1
#define EL1_FAR			far_el1
#define EL1_AFSR0		afsr0_el1
#define EL1_AFSR1		afsr1_el1
#define EL1_ELR			elr_el1
#define EL1_SPSR		spsr_el1
#define EL1_CNTV_CTL		cntv_ctl_el0
#define EL1_CNTV_CVAL		cntv_cval_el0
/* The timer that fires at the deadline of the guest's physical timer: one that nobody else uses. */
#define DEADLINE_CTL		cnthp_ctl_el2
#define DEADLINE_CVAL		cnthp_cval_el2

#include "el1_regs.h"

/* HCR_EL2 has no more than HVK_HCR_GUEST. */
#define HOST_HCR_GUEST		0UL

/* CPTR_EL2. With the RES1 bits, among them TZ and TSM: SVE and SME trap. */
#define CPTR_TFP		BIT(10)
#define CPTR_TTA		BIT(20)
#define HVK_CPTR_GUEST		(0x33ffUL | CPTR_TFP | CPTR_TTA)
/* The same without the trap of FP. */
#define CPTR_WITH_FP(cptr)	((cptr) & ~CPTR_TFP)

/* CNTHCTL_EL2: CNTPCT does not trap, if pct. EL1PCEN stays 0, so that CNTP_* trap. */
#define CNTHCTL_EL1PCTEN	BIT(0)
static inline u64 guest_cnthctl(const struct hvk_el2_cpu *cpu, int pct)
{
	(void)cpu;
	return pct ? CNTHCTL_EL1PCTEN : 0;
}

/* Notes what of the host the guest's state replaces. */
static inline void save_host(struct hvk_el2_cpu *cpu)
{
	cpu->host_elr = read_sysreg(elr_el2);
	cpu->host_spsr = read_sysreg(spsr_el2);
	save_kept(cpu->host_sys);
	cpu->host_sys[HVK_SYS_MDSCR_EL1] = read_sysreg(mdscr_el1);
}

/* The DSB in guest_exit or in hvk_el2_abandon() has completed the guest's walks (R_LFHQG). */
static inline void load_host_el1(struct hvk_el2_cpu *cpu)
{
	const u64 *sys = cpu->host_sys;
	const struct hvk_el2_saved *saved = &cpu->saved;

	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		/* As in load_guest_el1(), in reverse order. */
		write_sysreg(read_sysreg(tcr_el1) | TCR_EPD0 | TCR_EPD1,
			     tcr_el1);
		isb();	/* walks are off */
		write_sysreg(read_sysreg(sctlr_el1) | SCTLR_M, sctlr_el1);
		isb();	/* the MMU is on, so that EPD0 and EPD1 count */
	}
	write_sysreg(saved->hcr, hcr_el2);
	write_sysreg(saved->vttbr, vttbr_el2);
	write_sysreg(saved->vtcr, vtcr_el2);
	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		isb();	/* stage-2 is off before the host's bases are loaded */
		load_kept(sys);
		write_sysreg(sys[HVK_SYS_SCTLR_EL1], sctlr_el1);
		isb();	/* all registers are the host's before walks are allowed */
		write_sysreg(sys[HVK_SYS_TCR_EL1], tcr_el1);
	} else {
		load_pair(sys, HVK_SYS_SCTLR_EL1, sctlr_el1, tcr_el1);
		load_kept(sys);
	}
	write_sysreg(saved->vmpidr, vmpidr_el2);
}

static inline void load_guest_el1(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx,
				  u64 hcr)
{
	const u64 *sys = ctx->sys;
	u64 sctlr = sys[HVK_SYS_SCTLR_EL1], tcr = sys[HVK_SYS_TCR_EL1];
	u64 vttbr = ctx->cfg.vttbr & HVK_VTTBR_MASK;
	u64 vtcr = HVK_VTCR(ctx->cfg.vtcr);

	write_sysreg(sys[HVK_SYS_MPIDR_EL1], vmpidr_el2);

	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		/*
		 * Erratum 1319367: a speculative AT may walk with a mix of
		 * host and guest registers and leave the result in the TLB.
		 * No walk is possible while EPD0 and EPD1 are set with the
		 * MMU on; they are set before any register changes and
		 * cleared when all registers are the guest's.
		 */
		write_sysreg(tcr | TCR_EPD0 | TCR_EPD1, tcr_el1);
		isb();	/* walks are off before the bases change */
	} else {
		write_sysreg(sctlr, sctlr_el1);
		write_sysreg(tcr, tcr_el1);
	}
	load_kept(sys);
	load_passing(sys);
	write_sysreg(vtcr, vtcr_el2);
	write_sysreg(vttbr, vttbr_el2);
	write_sysreg(hcr, hcr_el2);
	/* The ERET into the guest synchronises all of these writes. */
	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		isb();	/* stage-2 is the guest's before SCTLR_EL1 is */
		write_sysreg(sctlr, sctlr_el1);
		isb();	/* SCTLR_EL1 is the guest's before walks are allowed */
		write_sysreg(tcr, tcr_el1);
	}
}

/* Accesses to MDSCR_EL1 trap: it is as it was loaded. */
static inline void save_guest_el1(struct hvk_el2_ctx *ctx)
{
	save_kept(ctx->sys);
	save_passing(ctx->sys);
}

/* Where RUN was called from, for the ERET. */
static inline void load_host_return(struct hvk_el2_cpu *cpu)
{
	write_sysreg(cpu->host_elr, elr_el2);
	write_sysreg(cpu->host_spsr, spsr_el2);
}

/*
 * Loads the VM's VTTBR_EL2 and VTCR_EL2: a TLBI by IPA or VMID works on the VMID in
 * VTTBR_EL2, and VTCR_EL2.VS says how many bits of it count (DDI 0487 D8.14). The caller
 * has executed a DSB: a walk that the host started may still be in progress at EL2, and
 * would mix the host's table bases with the guest's VMID. EL2 starts no new walks
 * (D8.1.5, R_LFHQG and what follows it), so that none is in progress in vmid_return()
 * either. With erratum 1319367 walks can start here: they are switched off while these
 * two registers are the guest's and the others the host's. `kept` is for vmid_return().
 */
struct vmid_kept {
	u64 tcr;
};

static inline void vmid_borrow(struct hvk_el2_cpu *cpu, u64 vttbr, u64 vtcr, struct vmid_kept *kept)
{
	kept->tcr = read_sysreg(tcr_el1);
	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		write_sysreg(kept->tcr | TCR_EPD0 | TCR_EPD1, tcr_el1);
		isb();	/* walks are off before VTTBR changes */
	}
	write_sysreg(HVK_VTCR(vtcr), vtcr_el2);
	write_sysreg(vttbr & HVK_VTTBR_MASK, vttbr_el2);
	isb();	/* the VMID holds before the TLBI */
}

static inline void vmid_return(struct hvk_el2_cpu *cpu, const struct vmid_kept *kept)
{
	write_sysreg(cpu->saved.vttbr, vttbr_el2);
	write_sysreg(cpu->saved.vtcr, vtcr_el2);
	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		isb();	/* both are back before walks are allowed */
		write_sysreg(kept->tcr, tcr_el1);
	}
	isb();	/* the host's values hold before its next translation */
}

/* VMIDs are ours alone: stage 2 of this one is still right. */
#define tlbi_vmid_here()	tlbi(vmalle1)

#endif /* HVK_EL2_HOST_H */
