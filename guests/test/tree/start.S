/* SPDX-License-Identifier: BSD-2-Clause */
/* A stack, then C with what x0 was, then PSCI SYSTEM_OFF (DEN0022 5.9). */

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
