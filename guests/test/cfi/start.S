/* SPDX-License-Identifier: BSD-2-Clause */
/* At the reset vector, in flash; a stack in RAM, then C, then PSCI SYSTEM_OFF. */

	.section .text.start, "ax"
	.global _start
_start:
	ldr	x0, =stack_top
	mov	sp, x0
	bl	main
	ldr	w0, =0x84000008
	hvc	#0
1:	wfi
	b	1b
