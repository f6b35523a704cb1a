// SPDX-License-Identifier: GPL-2.0-only
/*
 * Features of a PE beyond Armv8.0 that the world switch has to handle (EL2, interrupts
 * masked, while a guest is entered or exits). hvk_el2_cpu.has says which of them the PE
 * has; if it is 0, nothing here is called.
 *
 * For a guest, the registers that decide what traps are built from zero (MPAM's from
 * the host's values) and the whitelists of el2_traps.h. On exit they get back the values
 * that were found at the take, which the kernel chose for its own EL1 and EL0.
 */
#include "el2_image.h"

/* Those of which traps[] has registers of their own. */
#define HAS_TRAP_REGISTERS	(HVK_EL2_HAS_HCX | HVK_EL2_HAS_FGT | HVK_EL2_HAS_FGT2 |	\
				 HVK_EL2_HAS_MPAM)

/* --- traps --------------------------------------------------------------------- */

static int has_mpamhcr(void)
{
	return (read_named(MPAMIDR_EL1) & MPAMIDR_HAS_HCR) != 0;
}

/* Needed once after each take: EL1 cannot change the registers while EL2 is ours. */
static void save_host_traps(struct hvk_el2_cpu *cpu)
{
	u64 *host = cpu->host_traps;

	if (cpu->has & HVK_EL2_HAS_HCX)
		host[HVK_TRAP_HCRX] = read_named(HCRX_EL2);
	if (cpu->has & HVK_EL2_HAS_FGT) {
		host[HVK_TRAP_HFGRTR] = read_named(HFGRTR_EL2);
		host[HVK_TRAP_HFGWTR] = read_named(HFGWTR_EL2);
		host[HVK_TRAP_HFGITR] = read_named(HFGITR_EL2);
		host[HVK_TRAP_HDFGRTR] = read_named(HDFGRTR_EL2);
		host[HVK_TRAP_HDFGWTR] = read_named(HDFGWTR_EL2);
	}
	if (cpu->has & HVK_EL2_HAS_FGT2) {
		host[HVK_TRAP_HFGRTR2] = read_named(HFGRTR2_EL2);
		host[HVK_TRAP_HFGWTR2] = read_named(HFGWTR2_EL2);
		host[HVK_TRAP_HFGITR2] = read_named(HFGITR2_EL2);
		host[HVK_TRAP_HDFGRTR2] = read_named(HDFGRTR2_EL2);
		host[HVK_TRAP_HDFGWTR2] = read_named(HDFGWTR2_EL2);
	}
	if (cpu->has & HVK_EL2_HAS_MPAM) {
		host[HVK_TRAP_MPAM2] = read_named(MPAM2_EL2);
		if (has_mpamhcr())
			host[HVK_TRAP_MPAMHCR] = read_named(MPAMHCR_EL2);
	}
	cpu->host_traps_saved = 1;
}

static void load_traps(struct hvk_el2_cpu *cpu, const u64 *value)
{
	if (cpu->has & HVK_EL2_HAS_HCX)
		write_named(value[HVK_TRAP_HCRX], HCRX_EL2);
	if (cpu->has & HVK_EL2_HAS_FGT) {
		write_named(value[HVK_TRAP_HFGRTR], HFGRTR_EL2);
		write_named(value[HVK_TRAP_HFGWTR], HFGWTR_EL2);
		write_named(value[HVK_TRAP_HFGITR], HFGITR_EL2);
		write_named(value[HVK_TRAP_HDFGRTR], HDFGRTR_EL2);
		write_named(value[HVK_TRAP_HDFGWTR], HDFGWTR_EL2);
	}
	if (cpu->has & HVK_EL2_HAS_FGT2) {
		write_named(value[HVK_TRAP_HFGRTR2], HFGRTR2_EL2);
		write_named(value[HVK_TRAP_HFGWTR2], HFGWTR2_EL2);
		write_named(value[HVK_TRAP_HFGITR2], HFGITR2_EL2);
		write_named(value[HVK_TRAP_HDFGRTR2], HDFGRTR2_EL2);
		write_named(value[HVK_TRAP_HDFGWTR2], HDFGWTR2_EL2);
	}
	if (cpu->has & HVK_EL2_HAS_MPAM) {
		write_named(value[HVK_TRAP_MPAM2], MPAM2_EL2);
		if (has_mpamhcr())
			write_named(value[HVK_TRAP_MPAMHCR], MPAMHCR_EL2);
	}
}

static void guest_traps(struct hvk_el2_cpu *cpu)
{
	u64 value[HVK_TRAP_NR];
	unsigned int i;

	for (i = 0; i < HVK_TRAP_NR; i++)
		value[i] = 0;
	value[HVK_TRAP_HCRX] = cpu->traps[HVK_TRAP_HCRX] & HVK_HCRX_TRAPS;
	value[HVK_TRAP_HDFGRTR] = cpu->traps[HVK_TRAP_HDFGRTR] &
				  HVK_HDFGRTR_TRAPS;
	/* The MPAM partition of EL2 itself stays as it is. */
	value[HVK_TRAP_MPAM2] =
		(cpu->host_traps[HVK_TRAP_MPAM2] & ~EL2_MPAM2_ENMPAMSM) |
		(cpu->traps[HVK_TRAP_MPAM2] & HVK_MPAM2_TRAPS);
	if (cpu->has & HVK_EL2_HAS_MPAM && has_mpamhcr())
		value[HVK_TRAP_MPAM2] &= ~EL2_MPAM2_TIDR;	/* MPAMHCR traps it */
	value[HVK_TRAP_MPAMHCR] = cpu->host_traps[HVK_TRAP_MPAMHCR] |
				  (cpu->traps[HVK_TRAP_MPAMHCR] &
				   HVK_MPAMHCR_TRAPS);
	load_traps(cpu, value);
}

/* --- profiling and trace --------------------------------------------------------- */

/*
 * The host's profiling and trace buffers are written through its EL1 translation,
 * which is about to be replaced. Stops the recording, and waits until everything that
 * was recorded is in memory.
 */
static void stop_buffers(struct hvk_el2_cpu *cpu)
{
	cpu->host_pmscr = 0;
	if (cpu->has & HVK_EL2_HAS_SPE &&
	    read_named(PMBLIMITR_EL1) & BUFFER_ENABLED) {
		cpu->host_pmscr = read_named(PMSCR_EL1);
		write_named(0, PMSCR_EL1);
		isb();	/* no new sample begins after this */
		psb_csync();
		dsb(nsh);	/* all samples are written before EL1 changes */
	}
	cpu->host_trfcr = 0;
	if (cpu->has & HVK_EL2_HAS_TRBE &&
	    read_named(TRBLIMITR_EL1) & BUFFER_ENABLED) {
		cpu->host_trfcr = read_named(TRFCR_EL1);
		write_named(0, TRFCR_EL1);
		isb();	/* trace is prohibited after this */
		tsb_csync();
		dsb(nsh);	/* all trace is written before EL1 changes */
	}
}

static void restart_buffers(struct hvk_el2_cpu *cpu)
{
	if (!(cpu->host_pmscr | cpu->host_trfcr))
		return;
	isb();	/* the host's translation and MDCR_EL2 hold before recording starts */
	if (cpu->host_pmscr)
		write_named(cpu->host_pmscr, PMSCR_EL1);
	if (cpu->host_trfcr)
		write_named(cpu->host_trfcr, TRFCR_EL1);
}

/* --- both ways ---------------------------------------------------------------------- */

void hvk_features_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx,
			struct hvk_el2_controls *guest)
{
	guest->hcr |= cpu->traps[HVK_TRAP_HCR] & HVK_HCR_TRAPS;
	guest->mdcr |= cpu->traps[HVK_TRAP_MDCR] & HVK_MDCR_TRAPS;
	guest->cptr |= cpu->traps[HVK_TRAP_CPTR] & HVK_CPTR_TRAPS;
	stop_buffers(cpu);
	if (cpu->has & HAS_TRAP_REGISTERS) {
		if (!cpu->host_traps_saved)
			save_host_traps(cpu);
		guest_traps(cpu);
	}
	if (cpu->has & HVK_EL2_HAS_RAS) {
		/* With HCR_EL2.AMO set, a guest's DISR_EL1 is VDISR_EL2. */
		write_named(ctx->sys[HVK_SYS_DISR_EL1], VDISR_EL2);
		if (guest->hcr & HVK_HCR_VSE)
			write_named(HVK_VSESR_GUEST, VSESR_EL2);
	}
}

void hvk_features_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx)
{
	if (cpu->has & HVK_EL2_HAS_RAS)
		ctx->sys[HVK_SYS_DISR_EL1] = read_named(VDISR_EL2);
	if (cpu->has & HAS_TRAP_REGISTERS)
		load_traps(cpu, cpu->host_traps);
	restart_buffers(cpu);
}
