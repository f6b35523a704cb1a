/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's side of the world switch where its kernel is at EL2 itself, with HCR_EL2.E2H and
 * TGE set (EL2, all exceptions masked). It stands before image/host.h, and has all of its
 * functions, in other words: the name of an EL1 register means EL2's own here, and EL1's has an
 * alias (_EL12, _EL02; DDI 0487 D8.1.8); CPTR_EL2 and CNTHCTL_EL2 have other layouts; the
 * kernel has no EL1 set, so that there is little of it to change places.
 */
#ifndef HVK_EL2_HOST_H
#define HVK_EL2_HOST_H

#include "el2/image/el2_abi.h"
#include "el2/image/el2_arch.h"

#include "el2/vhe/el1_names.h"

#include "el2/image/el1_regs.h"
#include "el2/vhe/el1_stay.h"

/* HCR_EL2 */
#define HCR_TGE			BIT(27)
#define HCR_E2H			BIT(34)
#define HOST_HCR_GUEST		HCR_E2H

/*
 * CPTR_EL2 as CPACR_EL1 has it: with FPEN, ZEN and SMEN 0 FP, SVE and SME trap, from EL2 too;
 * TTA traps the trace registers.
 */
#define CPTR_FPEN		(BIT(20) | BIT(21))
#define CPTR_TTA		BIT(28)
#define HVK_CPTR_GUEST		CPTR_TTA
#define CPTR_WITH_FP(cptr)	((cptr) | CPTR_FPEN)

/*
 * CNTHCTL_EL2: bits 9 to 0 are about the host's EL0 and events. EL1PTEN (bit 11)
 * stays 0, so that CNTP_* trap.
 */
#define CNTHCTL_HOST		0x3ffUL
#define CNTHCTL_EL1PCTEN	BIT(10)
static inline u64 guest_cnthctl(const struct hvk_el2_cpu *cpu, int pct)
{
	return (cpu->saved.cnthctl & CNTHCTL_HOST) | (pct ? CNTHCTL_EL1PCTEN : 0);
}

/* What the kernel may have changed since the last entry is read at each. */
static inline void save_host(struct hvk_el2_cpu *cpu)
{
	struct hvk_el2_saved *saved = &cpu->saved;
	u64 *sys = cpu->host_sys;

	saved->hcr = read_sysreg(hcr_el2);
	saved->mdcr = read_sysreg(mdcr_el2);
	saved->cptr = read_sysreg(cptr_el2);
	saved->hstr = read_sysreg(hstr_el2);
	saved->cnthctl = read_sysreg(cnthctl_el2);
	cpu->vbar_host = read_sysreg(vbar_el2);
	/* KVM may have changed them for a VM of its own. */
	cpu->host_traps_saved = 0;
	sys[HVK_SYS_TPIDR_EL0] = read_sysreg(tpidr_el0);
	save_pair(sys, HVK_SYS_TPIDRRO_EL0, tpidrro_el0, sp_el0);
	sys[HVK_SYS_MDSCR_EL1] = read_sysreg(mdscr_el1);
}

static inline void load_guest_el1(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx,
				  u64 hcr)
{
	const u64 *sys = ctx->sys;

	(void)cpu;
	/* KVM may have changed VPIDR_EL2. */
	write_sysreg(read_sysreg(midr_el1), vpidr_el2);
	write_sysreg(sys[HVK_SYS_MPIDR_EL1], vmpidr_el2);
	if (!ctx->cfg.on_pe)
		load_staying(sys);
	load_pair(sys, HVK_SYS_CSSELR_EL1, csselr_el1, par_el1);
	write_sysreg(sys[HVK_SYS_TPIDR_EL0], tpidr_el0);
	write_sysreg(sys[HVK_SYS_MDSCR_EL1], mdscr_el1);
	write_sysreg(HVK_VTCR(ctx->cfg.vtcr), vtcr_el2);
	write_sysreg(ctx->cfg.vttbr & HVK_VTTBR_MASK, vttbr_el2);
	/*
	 * Both stages are the guest's before TGE is cleared: from then on a speculative AT
	 * may walk with them and fill the TLB (errata 1165522, 1530923). And our vectors hold
	 * before SP_EL0 is no longer the kernel's current thread.
	 */
	isb();
	load_pair(sys, HVK_SYS_TPIDRRO_EL0, tpidrro_el0, sp_el0);
	write_sysreg(hcr, hcr_el2);
	/* The ERET into the guest synchronises the rest. */
}

static inline void save_guest_el1(struct hvk_el2_ctx *ctx)
{
	u64 *sys = ctx->sys;

	sys[HVK_SYS_SCTLR_EL1] = read_named(EL1_SCTLR);
	save_pair(sys, HVK_SYS_CSSELR_EL1, csselr_el1, par_el1);
	sys[HVK_SYS_TPIDR_EL0] = read_sysreg(tpidr_el0);
	save_pair(sys, HVK_SYS_TPIDRRO_EL0, tpidrro_el0, sp_el0);
	ctx->cfg.on_pe = 1;
}

/* The DSB in guest_exit or in hvk_el2_abandon() has completed the guest's walks (R_LFHQG). */
static inline void load_host_el1(struct hvk_el2_cpu *cpu)
{
	const u64 *sys = cpu->host_sys;

	write_sysreg(cpu->saved.hcr, hcr_el2);
	isb();	/* EL1&0 is out of use before its VMID changes (1165522, 1530923) */
	/* VMID 0, which no VM has. The guest's registers stay in EL1's. */
	write_sysreg(0, vttbr_el2);
	write_sysreg(sys[HVK_SYS_TPIDR_EL0], tpidr_el0);
	load_pair(sys, HVK_SYS_TPIDRRO_EL0, tpidrro_el0, sp_el0);
	write_sysreg(sys[HVK_SYS_MDSCR_EL1], mdscr_el1);
}

/* RUN is a call, which no exception returns from. */
static inline void load_host_return(struct hvk_el2_cpu *cpu)
{
	(void)cpu;
}

/* --- TLB maintenance ------------------------------------------------------------- */

/*
 * With TGE set a TLBI of EL1&0 is one of EL2&0: it is cleared while VTTBR_EL2 has the VM's
 * VMID. The registers of EL1 are anybody's then. With errata 1165522 and 1530923 a
 * speculative AT could walk with them: EPD0 and EPD1 keep it from stage 1, and M from
 * filling the TLB without one.
 */
struct vmid_kept {
	u64 hcr, vttbr, vtcr, tcr, sctlr;
};

static inline void vmid_borrow(struct hvk_el2_cpu *cpu, u64 vttbr, u64 vtcr, struct vmid_kept *kept)
{
	kept->hcr = read_sysreg(hcr_el2);
	kept->vttbr = read_sysreg(vttbr_el2);
	kept->vtcr = read_sysreg(vtcr_el2);
	kept->tcr = 0;
	kept->sctlr = 0;
	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		kept->tcr = read_named(EL1_TCR);
		kept->sctlr = read_named(EL1_SCTLR);
		write_named(kept->tcr | TCR_EPD0 | TCR_EPD1, EL1_TCR);
		write_named(kept->sctlr | SCTLR_M, EL1_SCTLR);
		isb();	/* walks are off before VTTBR changes */
	}
	write_sysreg(HVK_VTCR(vtcr), vtcr_el2);
	write_sysreg(vttbr & HVK_VTTBR_MASK, vttbr_el2);
	isb();	/* stage 2 is the VM's before TGE is cleared */
	write_sysreg(kept->hcr & ~HCR_TGE, hcr_el2);
	isb();	/* VMID and regime hold before the TLBI */
}

static inline void vmid_return(struct hvk_el2_cpu *cpu, const struct vmid_kept *kept)
{
	write_sysreg(kept->hcr, hcr_el2);
	isb();	/* EL1&0 is out of use before its registers change */
	write_sysreg(kept->vttbr, vttbr_el2);
	write_sysreg(kept->vtcr, vtcr_el2);
	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		isb();	/* both are back before walks are allowed */
		write_named(kept->tcr, EL1_TCR);
		write_named(kept->sctlr, EL1_SCTLR);
	}
	isb();	/* all of it holds for what this PE executes next */
}

/* KVM's VMs share the VMIDs: what a VMID had before goes as a whole. */
#define tlbi_vmid_here()	tlbi(vmalls12e1)

#endif /* HVK_EL2_HOST_H */
