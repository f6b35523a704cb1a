/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of start.c, a raw image: its first instruction reads the physical counter,
 * which has the host's values, as no VMM here sets its offset. It sends the count to the
 * PL011, in hexadecimal, and sleeps. Position-independent, without memory of its own.
 */
#define PL011_HIGH	0x0900	/* bits 31:16 of the address of its data register */

	.macro	code_label name
	.globl	\name
	.hidden	\name
\name:
	.endm

	.section .rodata
	.balign	8
code_label start_image
	mrs	x0, cntpct_el0
	movz	x1, #PL011_HIGH, lsl #16
	mov	x2, #60
1:	lsr	x3, x0, x2
	and	x3, x3, #15
	add	x4, x3, #'0'
	add	x5, x3, #('a' - 10)
	cmp	x3, #10
	csel	x3, x4, x5, lo
	str	w3, [x1]
	subs	x2, x2, #4
	b.ge	1b
	mov	w3, #'\n'
	str	w3, [x1]
2:	wfi
	b	2b
code_label start_image_end

	.section .note.GNU-stack, "", %progbits
