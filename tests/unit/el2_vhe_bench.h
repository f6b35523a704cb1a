/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What el2_bench.h has, for the same C as it is compiled for a kernel that is at EL2 itself
 * (kmod/el2/vhe/). The PE is el2_bench.h's.
 */
#ifndef HVK_EL2_VHE_BENCH_H
#define HVK_EL2_VHE_BENCH_H

#ifdef __cplusplus
extern "C" {
#endif

#include "kmod/el2/image/el2_abi.h"

uint64_t vhe_bench_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx);
uint64_t vhe_bench_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx, uint64_t kind);
int vhe_bench_answer(struct hvk_el2_ctx *ctx);
int vhe_bench_interrupt(struct hvk_el2_ctx *ctx);
void vhe_bench_abandon(struct hvk_el2_cpu *cpu);
uint64_t vhe_bench_tlb(struct hvk_el2_cpu *cpu, uint64_t call, const uint64_t args[4]);
/* What stays of the guest's EL1 on the PE, into the context. */
void vhe_bench_sync(struct hvk_el2_ctx *ctx);

#ifdef __cplusplus
}
#endif

#endif /* HVK_EL2_VHE_BENCH_H */
