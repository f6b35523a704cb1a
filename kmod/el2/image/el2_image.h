/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the EL2 image call of each other. */
#ifndef HVK_EL2_IMAGE_H
#define HVK_EL2_IMAGE_H

#include "el2_abi.h"
#include "el2_arch.h"

/* Calls between the files are direct: no GOT, no PLT. */
#pragma GCC visibility push(hidden)

/* hvk_el2_leave's answer when the guest goes on without the host. */
#define HVK_RESUME		(~0UL)

/* switch.c, called by entry.S */
u64 hvk_el2_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx);
u64 hvk_el2_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx, u64 kind);
/* Puts the host back under a guest that EL2 cannot return to (a fault here). */
void hvk_el2_abandon(struct hvk_el2_cpu *cpu);

/* EL2's own controls, as they are to be while a guest runs. */
struct hvk_el2_controls {
	u64 hcr, mdcr, cptr;
};

/*
 * features.c: with the host's EL1 state still loaded; and with it loaded again,
 * HCR_EL2 and MDCR_EL2 too. Called where cpu->has is not 0.
 */
void hvk_features_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx,
			struct hvk_el2_controls *guest);
void hvk_features_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx);

/* asm_offsets.c, for its assembly alone */
void hvk_asm_offsets(void);

/* fastpath.c: true if the trap was answered and the guest may go on. */
int hvk_fastpath(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx);

/* tlb.c */
u64 hvk_el2_tlb_call(struct hvk_el2_cpu *cpu, u64 call, u64 vttbr, u64 vtcr,
		     u64 ipa, u64 flags);

/* registers.S */
/* Breakpoints and watchpoints: this PE's into `from`, then `to` into them. */
void hvk_dbg_switch(struct hvk_dbg *from, const struct hvk_dbg *to);
/* Q0-Q31, FPSR, FPCR; untrapped. */
void hvk_fp_save(struct hvk_fp *fp);
void hvk_fp_load(const struct hvk_fp *fp);

#pragma GCC visibility pop

#endif /* HVK_EL2_IMAGE_H */
