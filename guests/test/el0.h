/* SPDX-License-Identifier: BSD-2-Clause */
/* Running instructions at EL0, AArch64 or AArch32: el0_run.S. */
#pragma once

#define EL0_X	   0 /* offsets that the assembly knows */
#define EL0_SP	   248
#define EL0_PC	   256
#define EL0_SPSR   264
#define EL0_ESR	   272
#define EL0_FAR	   280
#define EL0_VECTOR 288

/* Vectors (DDI 0487 D1.4.1): those of a lower EL, and what they are for. */
#define VECTOR_A64_SYNC 8
#define VECTOR_A64_IRQ	9
#define VECTOR_A32_SYNC 12
#define VECTOR_A32_IRQ	13

#ifndef __ASSEMBLER__

#include <stdint.h>

/* What EL0 begins with, and what it was like as an exception ended it. */
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
 * Goes to EL0, and comes back with the first exception that EL0 takes. Interrupts
 * are masked here and as `spsr` says there. An exception of EL1 is the library's.
 */
void el0_run(struct el0 *el0);

#endif
