/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets a stack, calls main(x0), then PSCI SYSTEM_OFF (DEN0022 5.9). MMU off. */

	.section .text.start, "ax"
	.global _start
_start:
	ldr	x1, =stack_top
	mov	sp, x1
	bl	main
	ldr	w0, =0x84000008
	hvc	#0
1:	wfi
	b	1b
