/* SPDX-License-Identifier: GPL-2.0-only */
/* Running guests where the kernel itself is at EL2 (VHE): the calls that el2/call.h makes. */
#ifndef HVK_EL2_VHE_H
#define HVK_EL2_VHE_H

#include <linux/percpu.h>
#include <linux/types.h>

struct hvk_el2_cpu;
struct hvk_el2_ctx;

/* This PE's structure while it is set up, else NULL; entry.S reads it, too. Interrupts off. */
DECLARE_PER_CPU(struct hvk_el2_cpu *, hvk_vhe_pe);

/*
 * HVK_EL2_CALL_RUN with the address of the context; interrupts off. The answer, or HVK_STUB_ERR:
 * this PE is not set up.
 */
u64 hvk_vhe_run(u64 ctx);
/* The other HVK_EL2_CALL_*, in the same way; preemption off. RELEASE undoes hvk_vhe_take(). */
u64 hvk_vhe_call(u64 fn, u64 a1, u64 a2, u64 a3, u64 a4);
/* Sets this PE up, of whose structure the module has filled in what it decides. Interrupts off. */
void hvk_vhe_take(struct hvk_el2_cpu *cpu);

/* entry.S: into the guest and out of it, all exceptions masked; the vectors while it runs */
u64 hvk_vhe_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx);
extern const char hvk_vhe_vectors[];
/*
 * sync.c: brings into ctx->sys[] what stays on the PE, if the guest has run on this one since.
 * Preemption off.
 */
void hvk_vhe_sync(struct hvk_el2_ctx *ctx);
/* image/tlb.c, compiled for this kind of host; interrupts off */
u64 hvk_el2_tlb_call(struct hvk_el2_cpu *cpu, u64 call, u64 vttbr, u64 vtcr, u64 ipa, u64 flags);

#endif /* HVK_EL2_VHE_H */
