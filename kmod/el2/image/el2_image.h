/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that the files of the EL2 image call in each other; EL2, interrupts masked. */
#ifndef HVK_EL2_IMAGE_H
#define HVK_EL2_IMAGE_H

#include "el2_abi.h"
#include "el2_arch.h"

/* Calls between the files are direct: no GOT, no PLT. */
#pragma GCC visibility push(hidden)

/* hvk_el2_leave() returns this if the guest goes on without an exit to EL1. */
#define HVK_RESUME		(~0UL)

/* switch.c, called by entry.S; what they return is said there */
u64 hvk_el2_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx);
u64 hvk_el2_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx, u64 kind);
/*
 * After a fault of EL2: if a guest was loaded, loads the host's EL1 state again, for
 * the panic. The guest's state is not saved.
 */
void hvk_el2_abandon(struct hvk_el2_cpu *cpu);

/* Values of EL2's control registers for while a guest runs. */
struct hvk_el2_controls {
	u64 hcr, mdcr, cptr;
};

/*
 * features.c; called only if cpu->has is not 0. enter: before the host's EL1 state is
 * replaced; adds bits to *guest. leave: after the host's EL1 state, HCR_EL2 and MDCR_EL2
 * are loaded again.
 */
void hvk_features_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx,
			struct hvk_el2_controls *guest);
void hvk_features_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx);

/* asm_offsets.c; never called, only its assembly is used */
void hvk_asm_offsets(void);

/*
 * Answers: nothing was done; the guest may go on; it may, once EL1 has done the rest (of which
 * hvk_el2_ctx.fast tells).
 */
#define ANSWER_NONE		0
#define ANSWER_DONE		1
#define ANSWER_KICK		2

/*
 * answer.c, jumps from entry.S: EL2's own answer to a synchronous exception or to an
 * interrupt, before anything else. They jump to guest_goes_on, or with nothing changed to
 * guest_leaves and guest_interrupted; or to guest_is_kicked, when EL1 has to do the rest.
 */
#ifdef HVK_HOST_TEST
int hvk_el2_answer(struct hvk_el2_ctx *ctx);
int hvk_el2_interrupt(struct hvk_el2_ctx *ctx);
#else
void hvk_el2_answer(struct hvk_el2_ctx *ctx);
void hvk_el2_interrupt(struct hvk_el2_ctx *ctx);
#endif

/* fastpath.c, for a trap of FP or SIMD: not 0 if EL2 has handled it and the guest may go on. */
int hvk_fastpath(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx);

/* tlb.c: HVK_EL2_CALL_TLBI_*; flags: x4 of the call. Returns HVK_EL2_ANSWER. */
u64 hvk_el2_tlb_call(struct hvk_el2_cpu *cpu, u64 call, u64 vttbr, u64 vtcr,
		     u64 ipa, u64 flags);

/* registers.S */
/* Saves this PE's breakpoints and watchpoints to `from` and loads those of `to`. */
void hvk_dbg_switch(struct hvk_dbg *from, const struct hvk_dbg *to);
/* Q0-Q31, FPSR and FPCR. CPTR_EL2.TFP is clear. */
void hvk_fp_save(struct hvk_fp *fp);
void hvk_fp_load(const struct hvk_fp *fp);

#pragma GCC visibility pop

#endif /* HVK_EL2_IMAGE_H */
