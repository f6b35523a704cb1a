/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void switch_stacks(uintptr_t *save, uintptr_t load)
 *
 * in: x0 where to keep this stack's pointer, x1 another's. Returns on that
 * other stack, to where it was left. What a caller saves need not be kept;
 * x19 to x30 are, on the stack that is left (AAPCS64 6.1.1).
 *
 * thread_start: where a new thread's stack is "left"; x19 the function, x20 its
 * argument. Interrupts are masked here, as wherever stacks are switched.
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
