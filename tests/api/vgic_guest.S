/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's programs of vgic_race.c, for vm_call(): position-independent, x2 stays as it
 * is, x0 is the result.
 *
 *	x3	the words that it shares with the VMM (enum word)
 *	x4	how often
 */
#define GICD		0x08000000
#define GICC		0x08010000
#define ISENABLER1	0x104
#define ICENABLER1	0x184
#define IPRIORITYR	0x400
#define IAR		0x0c
#define EOIR		0x10
#define SPI		40
#define BESIDE		41	/* another in the same words */
#define SPURIOUS	1023

#define TAKEN		0
#define STOP		8

	.macro	program name
	.balign	4
	.globl	race_\name
	.hidden	race_\name
race_\name:
	mov	x9, #GICD
	mov	x10, #GICC
	mov	w13, #(1 << (SPI % 32))
	mov	w14, #(1 << (BESIDE % 32))
	mov	x11, #0
	.endm

	.section .rodata
	.balign	64
	.globl	race_programs
	.hidden	race_programs
race_programs:

/* Disables it, changes its priority and enables it, x4 times. */
program writer
1:	str	w13, [x9, #ICENABLER1]
	lsl	w0, w4, #3
	strb	w0, [x9, #(IPRIORITYR + SPI)]
	str	w13, [x9, #ISENABLER1]
	subs	x4, x4, #1
	b.ne	1b
	mov	x0, #0
	ret

/* Takes what comes until STOP. The result: 0, or what it took instead. */
program receiver
1:	wfi
	ldr	w0, [x10, #IAR]
	cmp	w0, #SPURIOUS
	b.eq	1b
	str	w0, [x10, #EOIR]
	cmp	w0, #SPI
	b.ne	2f
	add	x11, x11, #1
	str	x11, [x3, #TAKEN]
	ldr	x0, [x3, #STOP]
	cbz	x0, 1b
	mov	x0, #0
2:	ret

/*
 * Takes x4 while it is enabled, or until STOP. The result: 0, or what it took although it was
 * not enabled.
 */
program silent
1:	str	w13, [x9, #ICENABLER1]
	mov	x12, #4
2:	ldr	w0, [x10, #IAR]
	cmp	w0, #SPURIOUS
	b.ne	5f
	subs	x12, x12, #1
	b.ne	2b
	and	w0, w11, #15
	lsl	w0, w0, #3
	strb	w0, [x9, #(IPRIORITYR + SPI)]
	str	w13, [x9, #ISENABLER1]
	mov	x12, #8
3:	ldr	w0, [x10, #IAR]
	cmp	w0, #SPURIOUS
	b.eq	4f
	str	w0, [x10, #EOIR]
	add	x11, x11, #1
	str	x11, [x3, #TAKEN]
4:	subs	x12, x12, #1
	b.ne	3b
	cmp	x11, x4
	b.hs	6f
	ldr	x0, [x3, #STOP]
	cbz	x0, 1b
6:	mov	x0, #0
5:	ret

/* The registers of its neighbour, until STOP: how often they do not read as they were written. */
program neighbour
1:	str	w14, [x9, #ISENABLER1]
	ldr	w0, [x9, #ISENABLER1]
	tst	w0, w14
	cinc	x11, x11, eq
	and	w5, w12, #0xf8
	strb	w5, [x9, #(IPRIORITYR + BESIDE)]
	ldrb	w0, [x9, #(IPRIORITYR + BESIDE)]
	cmp	w0, w5
	cinc	x11, x11, ne
	str	w14, [x9, #ICENABLER1]
	ldr	w0, [x9, #ICENABLER1]
	tst	w0, w14
	cinc	x11, x11, ne
	add	w12, w12, #8
	ldr	x0, [x3, #STOP]
	cbz	x0, 1b
	mov	x0, x11
	ret

	.globl	race_programs_end
	.hidden	race_programs_end
race_programs_end:

	.section .note.GNU-stack, "", %progbits
