/* SPDX-License-Identifier: GPL-2.0-only */
/* A PE's ID registers, and what of a guest has to trap on it (kmod/el2/pe_traps.c). */
#ifndef PE_TRAPS_BENCH_H
#define PE_TRAPS_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hvk_pe_trap;

/* The next PE has this in HVK_PE_*, and EL1 may use its profiling and trace buffers. */
void pe_set(unsigned int id, uint64_t value, bool buffers_are_ours);
/* HVK_EL2_HAS_* and hvk_el2_cpu.traps[] of it; then it is a PE of Armv8.0 again. */
uint64_t pe_fill(uint64_t *traps);

/* The module's table: row i, or NULL behind the last. */
const struct hvk_pe_trap *pe_trap(unsigned int i);

/* What EL2 builds a register (HVK_TRAP_*) from at each entry: without, and at most with, traps. */
uint64_t el2_constant(unsigned int trap);
uint64_t el2_whitelist(unsigned int trap);

#ifdef __cplusplus
}
#endif

#endif
