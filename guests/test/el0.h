/* SPDX-License-Identifier: BSD-2-Clause */
/* Running instructions at EL0, AArch64 or AArch32: el0_run.S. */
#pragma once

#define EL0_X	   0 /* offsets in struct el0, for the assembly */
#define EL0_SP	   248
#define EL0_PC	   256
#define EL0_SPSR   264
#define EL0_ESR	   272
#define EL0_FAR	   280
#define EL0_VECTOR 288

/* Numbers of vectors for exceptions from a lower EL (DDI 0487 D1.4.1). */
#define VECTOR_A64_SYNC 8
#define VECTOR_A64_IRQ	9
#define VECTOR_A32_SYNC 12
#define VECTOR_A32_IRQ	13

#ifndef __ASSEMBLER__

#include <stdint.h>

/* EL0's state at its start, and after el0_run() as the exception found it. */
struct el0 {
	uint64_t x[31];
	uint64_t sp;
	uint64_t pc;
	uint64_t spsr;
	uint64_t esr;
	uint64_t far;
	uint64_t vector; /* number of the vector that was taken, 8 to 15 */
};

/*
 * Enters EL0 with the state in *el0 and returns after the first exception from EL0. Called
 * with interrupts masked; at EL0 they are masked as `spsr` says. Exceptions from EL1 go to
 * the library.
 */
void el0_run(struct el0 *el0);

#endif
