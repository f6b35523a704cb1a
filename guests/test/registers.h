/* SPDX-License-Identifier: BSD-2-Clause */
/* Access to system registers by number: one instruction at a time, made as it is needed. */
#pragma once

#include "mmu.h"

#define RET 0xd65f03c0u

/* MRS x0 and MSR of S<op0>_<op1>_C<n>_C<m>_<op2> (DDI 0487 C6.2). */
#define MRS(op) (0xd5200000u | (op) << 5)
#define MSR(op) (0xd5000000u | (op) << 5)
#define REG(op0, op1, crn, crm, op2) \
	((uint32_t)(op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

#define REG_FIRST REG(2, 0, 0, 0, 0)
#define REG_LAST  REG(3, 7, 15, 15, 7)

/* The fields of a REG() as printf takes them, by REG_FORMAT. */
#define REG_FORMAT	"%u_%u_c%u_c%u_%u"
#define REG_FIELDS(reg) (reg) >> 14, (reg) >> 11 & 7, (reg) >> 7 & 15, (reg) >> 3 & 15, (reg) & 7

/* A function of its own: one instruction, then back. RAM behind the image can be executed. */
extern uint32_t image_end[];

/* Executes the instruction with x0; x0 afterwards. Its exceptions are the caller's. */
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
