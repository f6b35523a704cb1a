/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The C of the EL2 image (kmod/el2/image/) on a PE that is a record: every system
 * register access, barrier, TLBI and the like, in order.
 */
#ifndef HVK_EL2_BENCH_H
#define HVK_EL2_BENCH_H

#ifdef __cplusplus
extern "C" {
#endif

#include "kmod/el2/image/el2_abi.h"

/* --- the code under test, from the test -------------------------------------- */
/* As entry.S calls them: RUN, an exit from the guest, a fault of EL2. */
uint64_t el2_bench_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx);
uint64_t el2_bench_leave(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx, uint64_t kind);
/* The first thing at a synchronous exception; 0: nothing was answered. */
int el2_bench_answer(struct hvk_el2_ctx *ctx);
int el2_bench_interrupt(struct hvk_el2_ctx *ctx);
void el2_bench_abandon(struct hvk_el2_cpu *cpu);
/* A TLB call: its number and x1 to x4 of EL1's HVC. */
uint64_t el2_bench_tlb(struct hvk_el2_cpu *cpu, uint64_t call, const uint64_t args[4]);

/* --- the PE, from the code under test ------------------------------------------ */
uint64_t bench_el2_read(const char *reg);
void bench_el2_write(const char *reg, uint64_t value);
/* "isb", "dsb ish", "tlbi vmalle1", "at s1e1r" and so on; 0 without an argument. */
void bench_el2_do(const char *what, uint64_t arg);

#ifdef __cplusplus
}
#endif

#endif /* HVK_EL2_BENCH_H */
