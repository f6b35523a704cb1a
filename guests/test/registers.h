/* SPDX-License-Identifier: BSD-2-Clause */
/* Access to system registers by number: makes and executes one instruction at a time. */
#pragma once

#include "mmu.h"

#define RET 0xd65f03c0u

/* The instructions MRS to x0 and MSR from x0 for a REG() (DDI 0487 C6.2). */
#define MRS(op) (0xd5200000u | (op) << 5)
#define MSR(op) (0xd5000000u | (op) << 5)
#define REG(op0, op1, crn, crm, op2) \
	((uint32_t)(op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

#define REG_FIRST REG(2, 0, 0, 0, 0)
#define REG_LAST  REG(3, 7, 15, 15, 7)

/* The format of a REG() for printf(), and its arguments. */
#define REG_FORMAT	"%u_%u_c%u_c%u_%u"
#define REG_FIELDS(reg) (reg) >> 14, (reg) >> 11 & 7, (reg) >> 7 & 15, (reg) >> 3 & 15, (reg) & 7

/* RAM behind the image, which is writable and executable: the instruction is written there. */
extern uint32_t image_end[];

/* Executes the instruction with x0; returns x0 after it. The caller catches exceptions. */
static inline uint64_t run(uint32_t instruction, uint64_t x0)
{
	image_end[0] = instruction;
	image_end[1] = RET;
	cache_sync_code(image_end, 2 * sizeof(*image_end));

	register uint64_t value asm("x0") = x0;
	asm volatile("blr %1" : "+r"(value) : "r"(image_end) : "x30", "memory", "cc");
	return value;
}

static inline bool is_one_of(uint32_t reg, const uint32_t *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == reg)
			return true;
	return false;
}
