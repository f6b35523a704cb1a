/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints a text by its absolute address, which is right only if the image was loaded where it
 * is linked. MMU off.
 */

	.equ	UART, 0x09000000
	.equ	SYSTEM_OFF, 0x84000008		/* DEN0022 5.9 */

	.section .text.start, "ax"
	.global _start
_start:
	ldr	x1, =text
	ldr	x2, =UART
1:	ldrb	w0, [x1], #1
	cbz	w0, 2f
	str	w0, [x2]
	b	1b
2:	ldr	w0, =SYSTEM_OFF
	hvc	#0
3:	wfi
	b	3b

	.section .rodata, "a"
text:	.asciz	"hello from a raw image at 0x40080000\r\n"
