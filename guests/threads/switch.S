/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void switch_stacks(uintptr_t *save, uintptr_t load)
 *
 * Switches to another stack. in: x0 = where to store the present stack pointer, x1 = the
 * other stack's pointer, as stored before. Returns to where the other stack was left. The
 * callee-saved registers x19 to x30 are kept on the stack that is left (AAPCS64 6.1.1). Called
 * with interrupts masked.
 *
 * thread_start is where a new thread begins. in: x19 = its function, x20 = the argument,
 * interrupts masked.
 */
	.text
	.global switch_stacks
switch_stacks:
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mov	x9, sp
	str	x9, [x0]
	mov	sp, x1
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret

	.global thread_start
thread_start:
	msr	daifclr, #2
	mov	x0, x20
	blr	x19
	b	thread_end
