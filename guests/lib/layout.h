/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Constants that entry.S and the C files share. Where the C files define the structures,
 * they assert these sizes and offsets.
 */
#pragma once

#define EXC_FRAME_SIZE 288
#define SMP_BOOT_STACK 0
#define SMP_STACK_SPAN 0x5000 /* bytes of a stack and its guard; PE 0's is the first */

/* The vector number that entry.S passes to exception() if the stack was full. */
#define EXC_STACK_FULL 16

/* MAIR_EL1: index 0 Device-nGnRE, 1 Normal write-back, 2 Normal non-cacheable. */
#define MMU_MAIR 0x44ff04

/*
 * TCR_EL1: 39-bit VAs from a level-1 table of 4 KiB granules, walks cacheable
 * and inner shareable, TTBR1 unused (EPD1).
 */
#define MMU_TCR ((25 << 0) | (1 << 8) | (1 << 10) | (3 << 12) | (1 << 23))

/* SCTLR_EL1: the RES1 bits of Armv8.0, and M, C and I. */
#define MMU_SCTLR 0x30d01805
