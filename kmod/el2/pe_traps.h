/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The features of a PE beyond Armv8.0, and what has to trap because of them (EL1, before
 * EL2 of that PE is taken).
 */
#ifndef HVK_PE_TRAPS_H
#define HVK_PE_TRAPS_H

#include <linux/types.h>

#include "el2/image/el2_abi.h"

/* The ID registers that are read: indices into hvk_pe.id[]. */
enum hvk_pe_id {
	HVK_PE_PFR0,		/* ID_AA64PFR0_EL1 and so on */
	HVK_PE_PFR1,
	HVK_PE_DFR0,
	HVK_PE_MMFR0,
	HVK_PE_MMFR1,
	HVK_PE_NR_IDS,
};

struct hvk_pe {
	/*
	 * The PE's own values, not the kernel's sanitised ones: a feature that was
	 * switched off on the kernel's command line is in the hardware all the same.
	 * Only what leave_to_firmware() hides is missing.
	 */
	u64 id[HVK_PE_NR_IDS];
	/* EL1 may program the buffers (PMBIDR_EL1.P, TRBIDR_EL1.P clear). */
	bool spe_is_ours, trbe_is_ours;
};

/*
 * One row for each bit of an EL2 register that keeps guests from registers of a feature
 * that they are not offered.
 */
struct hvk_pe_trap {
	const char *what;	/* the feature, and what of it traps */
	u8 id, lsb, min;	/* HVK_TRAP_SET: the ID field, and its least value */
	u8 reg;			/* HVK_TRAP_* */
	u8 kind;		/* HVK_TRAP_SET, HVK_TRAP_CLEAR */
	u64 bits;
};

/* SET: set if the PE has the feature, RES0 if not. CLEAR: clear on every PE. */
enum { HVK_TRAP_SET, HVK_TRAP_CLEAR };

extern const struct hvk_pe_trap hvk_pe_traps[];
extern const unsigned int hvk_nr_pe_traps;

/* Reads the PE that this runs on. Interrupts off. */
void hvk_pe_read(struct hvk_pe *pe);
/* Fills in cpu->has and cpu->traps for the PE that pe describes. Pure. */
void hvk_pe_fill(struct hvk_el2_cpu *cpu, const struct hvk_pe *pe);

#endif /* HVK_PE_TRAPS_H */
