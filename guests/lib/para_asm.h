/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hvk's hypercalls for assembly. Results are in x0 to x3; no other register changes.
 *
 *	hvk_call HVK_PARA_TIME_NOW		arguments already in x1 to x3
 *	hvk_console_putc w5			the character in a register
 *	hvk_console_write x5, x6		IPA and size in registers
 *	hvk_halt #0				the exit code: never returns
 */
#pragma once

#include "uapi/hvk_para.h"

	.macro	hvk_call function
	movz	w0, #(\function & 0xffff)
	movk	w0, #((\function >> 16) & 0xffff), lsl #16
	hvc	#0
	.endm

	.macro	hvk_console_putc character
	mov	w1, \character
	hvk_call HVK_PARA_CONSOLE_PUTC
	.endm

	.macro	hvk_console_write ipa, size
	mov	x1, \ipa
	mov	x2, \size
	hvk_call HVK_PARA_CONSOLE_WRITE
	.endm

	.macro	hvk_halt code
	mov	x1, \code
	hvk_call HVK_PARA_HALT
	.endm
