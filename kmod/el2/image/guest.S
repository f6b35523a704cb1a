/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From RUN to its answer: into a guest, and out of it. Included by the file that has the ways
 * into EL2 of one kind of host (entry.S, ../vhe/entry.S), which defines these macros:
 *
 *   this_pe reg, pushed=0  reg = this PE's struct hvk_el2_cpu; `pushed` bytes are on the stack
 *			above the frame of run_guest
 *   run_returns	the way back to whoever called RUN; x0 is the answer
 *   host_pstate	what of PSTATE the host's code needs, beyond what an exception sets
 *   deferred_serror	notes in x20 an SError of the guest that the PE has deferred; x21 is the
 *			structure; clobbers x2
 *   to_fault nr	the report of a fault of EL2 itself
 */
#define VECTOR_FAULT_BASE 0x100	/* fault.vector: guest vectors from here on */

/*
 * RUN: x0 = struct hvk_el2_cpu, x1 = the context. The host's x18-x30 stay on the stack until
 * the guest has exited.
 */
run_guest:
	stp	x18, x19, [sp, #-RUN_FRAME]!
	stp	x20, x21, [sp, #16]
	stp	x22, x23, [sp, #32]
	stp	x24, x25, [sp, #48]
	stp	x26, x27, [sp, #64]
	stp	x28, x29, [sp, #80]
	stp	x30, x0, [sp, #96]
	bl	hvk_el2_enter
	cbnz	x0, run_done
	.globl	guest_goes_on
	.hidden	guest_goes_on
guest_goes_on:
	this_pe	x0
	ldr	x0, [x0, #CPU_CTX]
	load_x2_x30 x0, CTX_X
	ldp	x0, x1, [x0, #CTX_X]
	eret_sb

run_done:
	ldp	x20, x21, [sp, #16]
	ldp	x22, x23, [sp, #32]
	ldp	x24, x25, [sp, #48]
	ldp	x26, x27, [sp, #64]
	ldp	x28, x29, [sp, #80]
	ldr	x30, [sp, #96]
	ldp	x18, x19, [sp], #RUN_FRAME
	run_returns

/*
 * A guest exits. Its x0 and x1 are on the stack; x1 is the kind of exit: HVK_EXIT_SYNC,
 * HVK_EXIT_IRQ or HVK_EXIT_SERROR.
 */
guest_exit:
	this_pe	x0, 16
	ldr	x0, [x0, #CPU_CTX]
	save_x2_x30 x0, CTX_X
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0, #CTX_X]
	cbz	x1, hvk_el2_answer	/* HVK_EXIT_SYNC is 0 */
	cmp	x1, #HVK_EXIT_IRQ
	b.eq	hvk_el2_interrupt
	b	0f
	.globl	guest_is_kicked
	.hidden	guest_is_kicked
guest_is_kicked:
	mov	x1, #HVK_EXIT_KICK
	b	0f
	.globl	guest_interrupted
	.hidden	guest_interrupted
guest_interrupted:
	mov	x1, #HVK_EXIT_IRQ
	b	0f
	.globl	guest_leaves
	.hidden	guest_leaves
guest_leaves:
	mov	x1, #HVK_EXIT_SYNC
0:	host_pstate
	mov	x20, x1			/* kind */
	this_pe	x21
	ldr	x19, [x21, #CPU_CTX]

	/*
	 * EL2 and the host must not use branch predictions that the guest
	 * trained (Spectre v2 and BHB). No indirect branch was executed up to
	 * here. An SMC is executed only if the module found firmware that
	 * implements the call: with SCR_EL3.SMD set it would be UNDEFINED.
	 */
	ldr	x22, [x21, #CPU_FLAGS]
	tbz	x22, #0, 1f		/* HVK_EL2_F_SMC_WA1 */
	mov	w0, #0x8000
	movk	w0, #0x8000, lsl #16	/* SMCCC_ARCH_WORKAROUND_1 */
	smc	#0
1:	tbz	x22, #1, 2f		/* HVK_EL2_F_SMC_WA3 */
	mov	w0, #0x3fff
	movk	w0, #0x8000, lsl #16	/* SMCCC_ARCH_WORKAROUND_3 */
	smc	#0
2:	tbz	x22, #2, 4f		/* HVK_EL2_F_BHB_LOOP */
	ldr	x0, [x21, #CPU_BHB_LOOPS]
3:	b	. + 4			/* each taken branch fills one entry */
	subs	x0, x0, #1
	b.ne	3b
	dsb	nsh			/* no speculation past the loop */
	isb
4:
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	stp	x2, x3, [x19, #CTX_PC]
	mrs	x2, esr_el2
	mrs	x3, far_el2
	str	x2, [x19, #CTX_ESR]
	str	x3, [x19, #CTX_FAR]
	mrs	x2, hpfar_el2
	str	x2, [x19, #CTX_HPFAR]

	/*
	 * Without the RAS extension, an SError that the guest caused is known
	 * to be pending only once the guest's accesses are complete (DSB). It
	 * must be taken here, or the host would take it (DDI 0487 D1.12.4). The
	 * DSB also completes the table walks that the guest started, before
	 * load_host_el1() changes the registers that they use (D8.1.5,
	 * R_LFHQG).
	 */
	deferred_serror
	dsb	sy
	isb				/* ISR is read after the DSB */
	mrs	x2, isr_el1
	tbz	x2, #8, 5f
	msr	daifclr, #4
serror_window:
	isb				/* a pending SError is taken by here */
serror_window_end:
	msr	daifset, #4
5:
	mov	x0, x21
	mov	x1, x19
	mov	x2, x20
	bl	hvk_el2_leave
	cmn	x0, #1			/* HVK_RESUME */
	b.eq	guest_goes_on
	b	run_done

/*
 * An SError taken at EL2. Between serror_window and serror_window_end it is the guest's:
 * it is noted in the kind of exit (x20), and EL2 goes on. Anywhere else it is fatal.
 */
func el2_serror
	stp	x0, x1, [sp, #-16]!
	mrs	x0, elr_el2
	adr	x1, serror_window
	cmp	x0, x1
	b.lo	1f
	adr	x1, serror_window_end
	cmp	x0, x1
	b.hi	1f
	orr	x20, x20, #HVK_EXIT_F_SERROR
	ldp	x0, x1, [sp], #16
	eret_sb
1:	ldp	x0, x1, [sp], #16
	to_fault 7

/* --- vectors ----------------------------------------------------------------- */
	.macro	vec_fault nr
	.balign	128
	to_fault \nr
	.endm

	.macro	vec_to target
	.balign	128
	b	\target
	.endm

	.macro	vec_guest kind
	.balign	128
	stp	x0, x1, [sp, #-16]!
	mov	x1, #\kind
	b	guest_exit
	.endm

	/* The vectors while a guest runs. */
	.macro	guest_vectors_at name
	.balign	2048
\name:
	vec_fault VECTOR_FAULT_BASE + 0
	vec_fault VECTOR_FAULT_BASE + 1
	vec_fault VECTOR_FAULT_BASE + 2
	vec_fault VECTOR_FAULT_BASE + 3
	vec_fault VECTOR_FAULT_BASE + 4
	vec_fault VECTOR_FAULT_BASE + 5
	vec_fault VECTOR_FAULT_BASE + 6
	vec_to	el2_serror
	vec_guest HVK_EXIT_SYNC		/* lower, AArch64 */
	vec_guest HVK_EXIT_IRQ
	vec_guest HVK_EXIT_IRQ		/* an FIQ is left to EL1, as an IRQ is */
	vec_guest HVK_EXIT_SERROR
	vec_guest HVK_EXIT_SYNC		/* lower, AArch32 */
	vec_guest HVK_EXIT_IRQ
	vec_guest HVK_EXIT_IRQ
	vec_guest HVK_EXIT_SERROR
	.endm
