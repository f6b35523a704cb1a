/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RUN where the kernel itself is at EL2 (HCR_EL2.E2H is 1): a call of the module, in whose
 * text this is. The vectors are ours from hvk_el2_enter() to hvk_el2_leave(), while all
 * exceptions are masked. SP_EL2 is the stack of the thread that has called: so it is while
 * a guest runs, too. TPIDR_EL2 is the kernel's, always; SP_EL0, in which the kernel has its
 * current thread, is the guest's between the two: nothing in between may use it.
 */
#define __ASSEMBLY__
#include "el2_abi.h"
#include "el2_arch.h"
#include "asm_offsets.h"
#include "macros.S"

#define HVK_PAN_SET	.inst	0xd500419f	/* MSR PAN, #1 */
#define DISR_EL1	S3_0_C12_C1_1
#define ESB		hint	#16

	.macro	this_pe reg, pushed=0
	ldr	\reg, [sp, #RUN_FRAME_PE + \pushed]
	.endm

	.macro	run_returns
	isb		/* vectors and traps are the host's before the caller unmasks */
	ret
	.endm

	/*
	 * PAN is what the guest had: SCTLR_EL2.SPAN counts only with HCR_EL2.TGE set (DDI 0487
	 * D1.3.1). Every PE with VHE has it (FEAT_PAN, Armv8.1).
	 */
	.macro	host_pstate
	HVK_PAN_SET
	.endm

	/*
	 * A kernel with the RAS extension may have set SCTLR_EL2.IESB, by which the exception
	 * that ended guest mode has put a pending SError into DISR_EL1 (DDI 0487 E1.3.2).
	 */
	.macro	deferred_serror
	ldr	x2, [x21, #CPU_HAS]
	tbz	x2, #1, 8f		/* HVK_EL2_HAS_RAS */
	dsb	sy	/* the guest's accesses are complete, and their errors known */
	ESB
	mrs	x2, DISR_EL1
	cbz	x2, 8f
	msr	DISR_EL1, xzr
	orr	x20, x20, #HVK_EXIT_F_SERROR
8:
	.endm

	/* The stack is the kernel's own, and large enough. */
	.macro	to_fault nr
	stp	x0, x1, [sp, #-16]!
	mov	x1, #\nr
	b	vhe_fault
	.endm

	.section .noinstr.text, "ax"

/* u64 hvk_vhe_enter(struct hvk_el2_cpu *cpu, struct hvk_el2_ctx *ctx): all exceptions masked. */
	.globl	hvk_vhe_enter
	.type	hvk_vhe_enter, %function
	.balign	16
hvk_vhe_enter:
	str	x18, [x0, #CPU_HOST_X18]	/* the kernel's shadow call stack, if it has one */
	b	run_guest

#include "guest.S"

/*
 * A fault of EL2 between enter and leave. Its x0 and x1 are on the stack, x1 is the vector's
 * number. The registers are saved in the PE's structure, the host's state is loaded again,
 * and the kernel panics.
 */
vhe_fault:
	mrs	x0, tpidr_el2
	str	x2, [sp, #-16]!
	ldr	x2, =hvk_vhe_pe
	ldr	x0, [x0, x2]
	ldr	x2, [sp], #16
	str	x1, [x0, #CPU_FAULT_VECTOR]
	add	x1, x0, #CPU_FAULT_X
	save_x2_x30 x1
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x1]
	mov	x19, x0
	mov	x2, sp
	str	x2, [x19, #CPU_FAULT_SP]
	str	xzr, [x19, #CPU_FAULT_AGAIN]
	note	esr_el2, CPU_FAULT_ESR
	note	elr_el2, CPU_FAULT_ELR
	note	far_el2, CPU_FAULT_FAR
	note	spsr_el2, CPU_FAULT_SPSR
	note	hpfar_el2, CPU_FAULT_HPFAR
	note	par_el1, CPU_FAULT_PAR
	HVK_PAN_SET
	bl	hvk_el2_abandon
	isb				/* the kernel's vectors hold before its code runs */
	ldr	x18, [x19, #CPU_HOST_X18]
	ldr	x16, [x19, #CPU_PANIC_PC]
	ldr	x0, [x19, #CPU_PANIC_ARG]
	br	x16			/* as a call: of BTI's rules for x16 and x17 */
	.ltorg

	.globl	hvk_vhe_vectors
	guest_vectors_at hvk_vhe_vectors

	.section .note.GNU-stack, "", %progbits
