/* SPDX-License-Identifier: GPL-2.0-only */
/* Macros for the assembly files of the EL2 image, which include this file. */
#ifndef HVK_EL2_MACROS_S
#define HVK_EL2_MACROS_S

/* The frame of run_guest (guest.S), and where it has the structure's address. */
#define RUN_FRAME	112
#define RUN_FRAME_PE	104

	/* A function that only the image itself calls. */
	.macro	func name
	.globl	\name
	.hidden	\name
	.type	\name, %function
	.balign	16
\name:
	.endm

	/* Loads or stores x2 to x30 of an array of 31 registers at \base + \off; not x0, x1. */
	.macro	regs_x2_x30 pair, single, base, off
	\pair	x2, x3, [\base, #\off + 16]
	\pair	x4, x5, [\base, #\off + 32]
	\pair	x6, x7, [\base, #\off + 48]
	\pair	x8, x9, [\base, #\off + 64]
	\pair	x10, x11, [\base, #\off + 80]
	\pair	x12, x13, [\base, #\off + 96]
	\pair	x14, x15, [\base, #\off + 112]
	\pair	x16, x17, [\base, #\off + 128]
	\pair	x18, x19, [\base, #\off + 144]
	\pair	x20, x21, [\base, #\off + 160]
	\pair	x22, x23, [\base, #\off + 176]
	\pair	x24, x25, [\base, #\off + 192]
	\pair	x26, x27, [\base, #\off + 208]
	\pair	x28, x29, [\base, #\off + 224]
	\single	x30, [\base, #\off + 240]
	.endm

	.macro	save_x2_x30 base, off=0
	regs_x2_x30 stp, str, \base, \off
	.endm

	.macro	load_x2_x30 base, off=0
	regs_x2_x30 ldp, ldr, \base, \off
	.endm

	/* ERET, with barriers so that nothing behind it is executed speculatively (Spectre). */
	.macro	eret_sb
	eret
	dsb	nsh
	isb
	.endm

	/* Into \field of struct hvk_el2_cpu (x19), for the report of a fault; clobbers x2. */
	.macro	note reg, field
	mrs	x2, \reg
	str	x2, [x19, #\field]
	.endm

#endif /* HVK_EL2_MACROS_S */
