// SPDX-License-Identifier: BSD-2-Clause
/* SMCCC calls with all registers of the convention, x0 to x17 (DEN0028 2.6), and PSCI. */

#include "psci.h"

#define CALL(instruction, regs)                                      \
	asm volatile("	stp	x29, x30, [sp, #-32]!\n"             \
		     "	str	%0, [sp, #16]\n"                     \
		     "	mov	x18, %0\n"                           \
		     "	ldp	x0, x1, [x18]\n"                     \
		     "	ldp	x2, x3, [x18, #16]\n"                \
		     "	ldp	x4, x5, [x18, #32]\n"                \
		     "	ldp	x6, x7, [x18, #48]\n"                \
		     "	ldp	x8, x9, [x18, #64]\n"                \
		     "	ldp	x10, x11, [x18, #80]\n"              \
		     "	ldp	x12, x13, [x18, #96]\n"              \
		     "	ldp	x14, x15, [x18, #112]\n"             \
		     "	ldp	x16, x17, [x18, #128]\n"             \
		     "	" instruction "\n"                           \
		     "	ldr	x18, [sp, #16]\n"                    \
		     "	stp	x0, x1, [x18]\n"                     \
		     "	stp	x2, x3, [x18, #16]\n"                \
		     "	stp	x4, x5, [x18, #32]\n"                \
		     "	stp	x6, x7, [x18, #48]\n"                \
		     "	stp	x8, x9, [x18, #64]\n"                \
		     "	stp	x10, x11, [x18, #80]\n"              \
		     "	stp	x12, x13, [x18, #96]\n"              \
		     "	stp	x14, x15, [x18, #112]\n"             \
		     "	stp	x16, x17, [x18, #128]\n"             \
		     "	ldp	x29, x30, [sp], #32\n" ::"r"(regs)   \
		     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", \
		       "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "memory")

void smccc_hvc(struct smccc *regs)
{
	CALL("hvc #0", regs);
}

void smccc_smc(struct smccc *regs)
{
	CALL("smc #0", regs);
}

int64_t psci_call(uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	struct smccc regs = { .x = { function, a1, a2, a3 } };

	smccc_hvc(&regs);
	return (int64_t)regs.x[0];
}

int64_t psci_cpu_on(uint64_t mpidr, uintptr_t entry, uint64_t context)
{
	return (int32_t)psci_call(PSCI_CPU_ON, mpidr, entry, context);
}

int64_t psci_affinity_info(uint64_t mpidr)
{
	return (int32_t)psci_call(PSCI_AFFINITY_INFO, mpidr, 0, 0);
}

void psci_cpu_off(void)
{
	psci_call(PSCI_CPU_OFF, 0, 0, 0);
}

void psci_system_off(void)
{
	psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		wfi();
}

void psci_system_reset(void)
{
	psci_call(PSCI_SYSTEM_RESET, 0, 0, 0);
	for (;;)
		wfi();
}
