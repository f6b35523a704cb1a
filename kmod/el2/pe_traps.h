/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a PE has beyond Armv8.0, and what has to trap for it (EL1, before EL2 of
 * that PE is taken).
 */
#ifndef HVK_PE_TRAPS_H
#define HVK_PE_TRAPS_H

#include <linux/types.h>

#include "el2/image/el2_abi.h"

/* The ID registers that are asked: indices into hvk_pe.id[]. */
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
	 * As the PE has them, not as the kernel shows them: a feature that was
	 * switched off on its command line is in the hardware all the same.
	 */
	u64 id[HVK_PE_NR_IDS];
	/* EL1 may program the buffers (PMBIDR_EL1.P, TRBIDR_EL1.P clear). */
	bool spe_is_ours, trbe_is_ours;
};

/*
 * Where guests with a feature that they do not see would have a register that
 * is not theirs: one row for each bit that keeps it from them.
 */
struct hvk_pe_trap {
	const char *what;	/* the feature, and what of it traps */
	u8 id, lsb, min;	/* the field, and its least value; no row of HVK_TRAP_CLEAR */
	u8 reg;			/* HVK_TRAP_* */
	u8 kind;		/* HVK_TRAP_SET, HVK_TRAP_CLEAR */
	u64 bits;
};

/* Set where the PE has the feature, else RES0; clear on every PE. */
enum { HVK_TRAP_SET, HVK_TRAP_CLEAR };

extern const struct hvk_pe_trap hvk_pe_traps[];
extern const unsigned int hvk_nr_pe_traps;

/* The PE that this runs on; interrupts off. */
void hvk_pe_read(struct hvk_pe *pe);
/* Fills cpu->has and cpu->traps for such a PE. Pure. */
void hvk_pe_fill(struct hvk_el2_cpu *cpu, const struct hvk_pe *pe);

#endif /* HVK_PE_TRAPS_H */
