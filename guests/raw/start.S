/* SPDX-License-Identifier: BSD-2-Clause */
/* Entered with the MMU off: sets a stack, calls main(), then PSCI SYSTEM_OFF (DEN0022 5.9). */

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
