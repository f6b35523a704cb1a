/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmod/bringup/rungs.c: what is prepared for a climb that is made to fail, and cleaned up.
 * Nothing is climbed.
 */
#ifndef HVK_RUNGS_BENCH_H
#define HVK_RUNGS_BENCH_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- the code under test, from the test -------------------------------------- */
/* A new ladder; EL2 has mapped its structure. */
void rungs_bench_open(void);
/* Before and after a climb of the rung "mmu"; fault: EL2's first store is to fault. */
int rungs_bench_prepare(bool fault);
void rungs_bench_clean_up(void);
/* Whether EL2 has mapped its structure. */
bool rungs_bench_mapped(void);

/* --- the machine, from the code under test ------------------------------------- */
/* Whether there is memory for tables. */
bool rungs_bench_memory(void);

#ifdef __cplusplus
}
#endif

#endif /* HVK_RUNGS_BENCH_H */
