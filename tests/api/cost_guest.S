/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs of cost.c: each executes one operation again and again, then stores x0
 * to x2 (DONE_IPA). Position-independent, interrupts masked; stage 1 is off, or maps each
 * address to itself.
 *
 *	x3	rounds
 *	x4, x5	what the program says
 *
 * x19 to x28 are what a hypercall leaves alone: x19 the rounds that are left, x20
 * DONE_IPA, x21 GICD, x22 GICC, x23 a sum of ticks, x24 and x25 two counts.
 */
#define GICD		0x08000000
#define GICC		0x08010000
#define GICD_TYPER	0x004
#define GICD_ISENABLER1	0x104
#define GICD_ENABLERS_XOR 0x80	/* makes GICD_ICENABLER1 of it, and back */
#define GICD_IPRIORITYR	0x400
#define GICD_SGIR	0xf00
#define GICC_IAR	0x0c
#define GICC_EOIR	0x10
#define SPURIOUS	1023
#define SGI		1
#define UNUSED_SPI	50	/* enabled, and never pending */

	.macro	program name
	.balign	4
	.globl	cost_\name
	.hidden	cost_\name
cost_\name:
	mov	x19, x3
	mov	x20, x2
	mov	x21, #GICD
	mov	x22, #GICC
	mov	x23, #0
	.endm

	/* Another round from `label` on, or the end; what the empty loop has too. */
	.macro	again label
	subs	x19, x19, #1
	b.ne	\label
	.endm

	.macro	done value
	mov	x2, x20
	mov	x0, \value
	str	x0, [x2]
	b	.
	.endm

	.macro	count to
	isb				/* not before what is measured */
	mrs	\to, cntvct_el0
	.endm

	/*
	 * As many instructions as the last four bits of the rounds that are left. A tick
	 * of the counter may be 16 instructions: over 16 rounds the mean of whole ticks
	 * is exact with these.
	 */
	.macro	stagger
	and	x15, x19, #15
	adr	x16, 99f
	sub	x16, x16, x15, lsl #2
	br	x16
	.rept	15
	nop
	.endr
99:
	.endm

	/* what GICD_SGIR takes for an SGI to oneself */
	.macro	to_self to
	mov	\to, #SGI
	movk	\to, #(2 << 8), lsl #16
	.endm

	/* w0: the INTID that the CPU interface has, at last */
	.macro	acknowledge
98:	ldr	w0, [x22, #GICC_IAR]
	cmp	w0, #SPURIOUS
	b.eq	98b
	.endm

	.section .rodata
	.balign	64
	.globl	cost_programs
	.hidden	cost_programs
cost_programs:

program empty
1:	again	1b
	done	xzr

program hypercall		/* a number that nobody has */
1:	mov	w0, #0xbeef
	movk	w0, #0xc600, lsl #16
	hvc	#0
	again	1b
	done	x0

program psci_version
1:	mov	w0, #0
	movk	w0, #0x8400, lsl #16
	hvc	#0
	again	1b
	done	x0

program empty_call		/* what the two above have beside their call */
1:	mov	w0, #0xbeef
	movk	w0, #0xc600, lsl #16
	again	1b
	done	x0

program id_register
1:	mrs	x0, id_aa64pfr0_el1
	again	1b
	done	x0

program ctr_el0
1:	mrs	x0, ctr_el0
	again	1b
	done	x0

program virtual_counter
1:	mrs	x0, cntvct_el0
	again	1b
	done	x0

program gicd_read
1:	ldr	w0, [x21, #GICD_TYPER]
	again	1b
	done	x0

program gicd_write		/* enables what is enabled */
	mov	w1, #(1 << (UNUSED_SPI % 32))
1:	str	w1, [x21, #GICD_ISENABLER1]
	again	1b
	done	xzr

program gicd_write_change	/* disables and enables in turn */
	mov	w1, #(1 << (UNUSED_SPI % 32))
	add	x9, x21, #GICD_ISENABLER1
1:	eor	x9, x9, #GICD_ENABLERS_XOR
	str	w1, [x9]
	again	1b
	done	xzr

program gicd_write_priority	/* another one each time */
	add	x9, x21, #(GICD_IPRIORITYR + UNUSED_SPI)
1:	lsl	w1, w19, #3
	strb	w1, [x9]
	again	1b
	done	xzr

program empty_write		/* what the two above have beside their store */
1:	lsl	w1, w19, #3
	again	1b
	done	xzr

program physical_timer_read
1:	mrs	x0, cntp_ctl_el0
	again	1b
	done	x0

program physical_timer_write	/* the timer is off */
	msr	cntp_ctl_el0, xzr
	mov	x1, #-1
	lsr	x1, x1, #8
1:	msr	cntp_cval_el0, x1
	again	1b
	done	xzr

program physical_timer_arm	/* far in the future: two writes */
	mov	x1, #-1
	lsr	x1, x1, #8
	mov	x9, #1
1:	msr	cntp_cval_el0, x1
	msr	cntp_ctl_el0, x9
	again	1b
	msr	cntp_ctl_el0, xzr
	done	xzr

program load			/* x4: address */
	mov	x24, x4
1:	ldr	w0, [x24]
	again	1b
	done	x0

program store			/* x4: address */
	mov	x24, x4
1:	str	w19, [x24]
	again	1b
	done	xzr

program load_fp			/* x4: address; and FP is used */
	mov	x24, x4
	mov	x0, #(3 << 20)	/* no trap to EL1 */
	msr	cpacr_el1, x0
	isb
1:	ldr	w0, [x24]
	fmov	d0, x0
	again	1b
	done	x0

program touch			/* x4: address, x5: bytes between two stores */
	mov	x24, x4
1:	str	x24, [x24]
	add	x24, x24, x5
	again	1b
	done	xzr

program empty_touch
	mov	x24, x4
1:	add	x24, x24, x5
	again	1b
	done	xzr

program wfi_pending		/* interrupts are masked: it stays pending */
	to_self	w1
	str	w1, [x21, #GICD_SGIR]
1:	wfi
	again	1b
	acknowledge
	str	w0, [x22, #GICC_EOIR]
	done	xzr

/* From here on x0 is a sum of ticks over all rounds. */

program nothing			/* what two counts cost */
1:	stagger
	count	x24
	count	x25
	sub	x25, x25, x24
	add	x23, x23, x25
	again	1b
	done	x23

/*
 * x4: records, x5: ticks. A record for each window that begins: the last count of the one
 * before and the first of this one, which are x5 ticks apart or more. The physical counter
 * has no offset, so that counts of two VMs can be compared.
 */
program window
	mov	x24, x4
	isb
	mrs	x25, cntpct_el0
1:	mov	x9, x25
	isb				/* each round counts anew */
	mrs	x25, cntpct_el0
	sub	x10, x25, x9
	cmp	x10, x5
	b.lo	1b
	stp	x9, x25, [x24], #16
	again	1b
	done	xzr

program sgi_self
1:	to_self	w1
	stagger
	count	x24
	str	w1, [x21, #GICD_SGIR]
	acknowledge
	count	x25
	str	w0, [x22, #GICC_EOIR]
	sub	x25, x25, x24
	add	x23, x23, x25
	again	1b
	done	x23

program eoi
1:	to_self	w1
	str	w1, [x21, #GICD_SGIR]
	acknowledge
	stagger
	count	x24
	str	w0, [x22, #GICC_EOIR]
	count	x25
	sub	x25, x25, x24
	add	x23, x23, x25
	again	1b
	done	x23

/* x4: ticks until the deadline, x5: whether to wait for it in WFI */
program timer
	mov	x9, #1
1:	count	x24
	add	x24, x24, x4
	msr	cntv_cval_el0, x24
	msr	cntv_ctl_el0, x9
	isb
2:	cbz	x5, 3f
	wfi
3:	ldr	w0, [x22, #GICC_IAR]
	cmp	w0, #SPURIOUS
	b.eq	2b
	stagger
	count	x25
	msr	cntv_ctl_el0, xzr
	isb				/* the line is low before the interrupt ends */
	str	w0, [x22, #GICC_EOIR]
	sub	x25, x25, x24
	add	x23, x23, x25
	again	1b
	done	x23

/*
 * Two vCPUs, x4: words that they share: how many interrupts the receiver has had, the
 * count at the last one, and whether the receiver has begun. They yield where they wait
 * for each other, because QEMU runs one CPU at a time when it counts instructions.
 *
 * x5: ticks to wait before each SGI, for the receiver to be where it should be
 */
program send
	mov	x26, x3			/* the first round's number is 1 */
9:	yield
	ldr	x0, [x4, #16]
	cbz	x0, 9b
1:	sub	x27, x26, x19
	add	x27, x27, #1		/* this round's number */
	count	x24
	add	x24, x24, x5
2:	yield
	count	x25
	cmp	x25, x24
	b.lo	2b
	mov	w1, #SGI
	movk	w1, #2, lsl #16	/* to vCPU 1 */
	stagger
	count	x24
	str	w1, [x21, #GICD_SGIR]
	count	x25
3:	yield
	ldr	x0, [x4]
	cmp	x0, x27
	b.ne	3b
	ldr	x28, [x4, #8]
	sub	x25, x25, x24		/* the sender's own time */
	add	x23, x23, x25
	sub	x28, x28, x24		/* until the receiver had it */
	ldr	x0, [x4, #24]
	add	x0, x0, x28
	str	x0, [x4, #24]
	again	1b
	done	x23

/* x4: the same words, x5: whether to wait in WFI */
program receive
	mov	x0, #1
	str	x0, [x4, #16]
	mov	x26, #0
1:	cbz	x5, 2f
	wfi
	b	3f
2:	yield
3:	ldr	w0, [x22, #GICC_IAR]
	cmp	w0, #SPURIOUS
	b.eq	1b
	count	x25
	str	w0, [x22, #GICC_EOIR]
	str	x25, [x4, #8]
	add	x26, x26, #1
	str	x26, [x4]
	again	1b
	done	xzr

	.globl	cost_programs_end
	.hidden	cost_programs_end
cost_programs_end:

	.section .note.GNU-stack, "", %progbits
