/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void el0_run(struct el0 *)
 *
 * in: x0 = struct el0 *. Uses its own vectors for the time at EL0: exceptions from a lower EL
 * continue here at `back`, those from EL1 branch to the library's vectors. Clobbers the
 * caller-saved registers and TPIDR_EL1, the library's scratch register.
 */
#include "guests/test/el0.h"

#define FRAME 112
#define SAVED_STATE 96
#define SAVED_VBAR  104

	.text
	.global el0_run
el0_run:
	stp	x29, x30, [sp, #-FRAME]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mrs	x1, vbar_el1
	stp	x0, x1, [sp, #SAVED_STATE]
	adrp	x1, el0_vectors
	add	x1, x1, :lo12:el0_vectors
	msr	vbar_el1, x1
	ldp	x1, x2, [x0, #EL0_SP]
	ldr	x3, [x0, #EL0_SPSR]
	msr	sp_el0, x1
	msr	elr_el1, x2
	msr	spsr_el1, x3
	ldp	x1, x2, [x0, #8]
	ldp	x3, x4, [x0, #24]
	ldp	x5, x6, [x0, #40]
	ldp	x7, x8, [x0, #56]
	ldp	x9, x10, [x0, #72]
	ldp	x11, x12, [x0, #88]
	ldp	x13, x14, [x0, #104]
	ldp	x15, x16, [x0, #120]
	ldp	x17, x18, [x0, #136]
	ldp	x19, x20, [x0, #152]
	ldp	x21, x22, [x0, #168]
	ldp	x23, x24, [x0, #184]
	ldp	x25, x26, [x0, #200]
	ldp	x27, x28, [x0, #216]
	ldp	x29, x30, [x0, #232]
	ldr	x0, [x0]
	eret			/* synchronises VBAR_EL1 (DDI 0487 D1.11) */

back:				/* x0: the vector's number; TPIDR_EL1: EL0's x0 */
	stp	x1, x2, [sp, #-16]!
	ldr	x1, [sp, #SAVED_STATE + 16]
	str	x0, [x1, #EL0_VECTOR]
	mrs	x2, tpidr_el1
	str	x2, [x1]
	ldp	x0, x2, [sp], #16
	stp	x0, x2, [x1, #8]
	stp	x3, x4, [x1, #24]
	stp	x5, x6, [x1, #40]
	stp	x7, x8, [x1, #56]
	stp	x9, x10, [x1, #72]
	stp	x11, x12, [x1, #88]
	stp	x13, x14, [x1, #104]
	stp	x15, x16, [x1, #120]
	stp	x17, x18, [x1, #136]
	stp	x19, x20, [x1, #152]
	stp	x21, x22, [x1, #168]
	stp	x23, x24, [x1, #184]
	stp	x25, x26, [x1, #200]
	stp	x27, x28, [x1, #216]
	stp	x29, x30, [x1, #232]
	mrs	x2, sp_el0
	mrs	x3, elr_el1
	stp	x2, x3, [x1, #EL0_SP]
	mrs	x2, spsr_el1
	mrs	x3, esr_el1
	stp	x2, x3, [x1, #EL0_SPSR]
	mrs	x2, far_el1
	str	x2, [x1, #EL0_FAR]
	ldr	x0, [sp, #SAVED_VBAR]
	msr	vbar_el1, x0
	isb			/* the library's vectors are effective before anything can fault */
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #FRAME
	ret

	.balign	2048
el0_vectors:
	.set	vector, 0
	.rept	16
	.balign	128
	.if vector < 8
	b	vectors + 128 * vector
	.else
	msr	tpidr_el1, x0
	mov	x0, #vector
	b	back
	.endif
	.set	vector, vector + 1
	.endr
	.balign	128
