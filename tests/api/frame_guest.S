/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs of frame.c's partitions: one that measures its windows, and ones
 * that never mean to leave theirs. Position-independent, stage 1 and interrupts
 * off, but for those that say else. Called with x2: DONE_IPA, x3: an address, x4 and x5: numbers.
 */
#include "uapi/hvk_para.h"

#define GICD	0x08000000
#define GICC	0x08010000

	.macro	program name
	.balign	4
	.globl	program_\name
	.hidden	program_\name
program_\name:
	.endm

	.macro	para function
	movz	w0, #(\function & 0xffff)
	movk	w0, #(\function >> 16), lsl #16
	hvc	#0
	.endm

	/* x9: distributor, x10: CPU interface; both on, SGI 0 and PPI 27 enabled */
	.macro	gic_on
	mov	x9, #GICD
	mov	x10, #GICC
	mov	w0, #1
	str	w0, [x9]
	movk	w0, #(1 << 11), lsl #16
	str	w0, [x9, #0x100]
	mov	w0, #0xff
	str	w0, [x10, #4]
	mov	w0, #1
	str	w0, [x10]
	.endm

	/*
	 * x3: a page for a table; x13 and x14: SCTLR_EL1 with MMU and caches on, and
	 * off. They are on: the IPAs from 0x40000000 to 0x7fffffff are their own VAs,
	 * Normal memory, in one block.
	 */
	.macro	caches_on
	mov	x0, #0x40000000
	movk	x0, #0x701		/* block, AF, Inner Shareable, attribute 0 */
	str	x0, [x3, #8]
	mov	x0, #0xff
	msr	mair_el1, x0
	msr	ttbr0_el1, x3
	/* T0SZ 25, walks write-back and Inner Shareable, no TTBR1, 36 bits of PA */
	mov	x0, #0x3519
	movk	x0, #0x0080, lsl #16
	movk	x0, #1, lsl #32
	msr	tcr_el1, x0
	mrs	x14, sctlr_el1
	mov	x0, #0x1005		/* I, C, M */
	orr	x13, x14, x0
	tlbi	vmalle1
	dsb	sy
	isb
	msr	sctlr_el1, x13
	isb
	.endm

	.section .rodata
	.balign	64
	.globl	programs
	.hidden	programs
programs:

/*
 * x3: records, x4: how many, x5: ticks between two looks at the counter that
 * mean that there was another window's time between them. A record is four words:
 * the last count before the gap, the first one after it, the start and the end
 * of the window that it began, ns, as hvk says.
 */
program measure
	mov	x9, x3
	mov	x10, x4
	mov	x11, x5
	mov	x12, x2
	isb
	mrs	x6, cntvct_el0
1:	mov	x7, x6
	isb
	mrs	x6, cntvct_el0
	sub	x8, x6, x7
	cmp	x8, x11
	b.lo	1b
	para	HVK_PARA_WINDOW
	stp	x7, x6, [x9], #16
	stp	x1, x2, [x9], #16
	isb
	mrs	x6, cntvct_el0
	subs	x10, x10, #1
	b.ne	1b
	str	x10, [x12]

program spin
	b	.

program hvc
1:	para	HVK_PARA_FEATURES
	b	1b

program wfe			/* no event ever: each may trap */
1:	wfe
	b	1b

program gicd
	mov	x9, #GICD
1:	ldr	w0, [x9, #4]
	b	1b

program mmio			/* x3: a device of the VMM */
1:	ldr	x0, [x3]
	b	1b

program sysreg
1:	mrs	x0, id_aa64pfr0_el1
	b	1b

program sgi			/* to itself, taken and done with */
	gic_on
	mov	w1, #(2 << 24)
1:	str	w1, [x9, #0xf00]
	dsb	sy
	ldr	w0, [x10, #0xc]
	str	w0, [x10, #0x10]
	b	1b

program wfi			/* x5: ticks of its timer */
	gic_on
1:	msr	cntv_tval_el0, x5
	mov	x0, #1
	msr	cntv_ctl_el0, x0
	isb
	wfi
	msr	cntv_ctl_el0, xzr
	isb
	ldr	w0, [x10, #0xc]
	str	w0, [x10, #0x10]
	b	1b

program timer			/* the hypercall's: always in the past */
	gic_on
	mov	w0, #(1 << 20)
	str	w0, [x9, #0x100]
1:	mov	x1, #0
	para	HVK_PARA_TIMER_SET
	ldr	w0, [x10, #0xc]
	str	w0, [x10, #0x10]
	b	1b

program pages			/* x3: memory, x4: bytes; then the VMM discards it */
1:	mov	x6, x3
	add	x7, x3, x4
2:	str	x6, [x6]
	add	x6, x6, #4096
	cmp	x6, x7
	b.lo	2b
	str	x7, [x2]
	b	1b

program ctlr			/* the distributor off and on: all INTIDs move */
	mov	x9, #GICD
1:	str	wzr, [x9]
	mov	w0, #1
	str	w0, [x9]
	b	1b

/*
 * x3: memory. Caches are on: each set/way operation is about all that the guest
 * has. The write to SCTLR_EL1 behind it changes nothing, but a hypervisor that
 * expects the caches to go off believes then that they stay on.
 */
program setway
	caches_on
1:	dc	cisw, xzr
	dsb	sy
	msr	sctlr_el1, x13
	isb
	b	1b

program toggle			/* the same, and the caches do go off, and on */
	caches_on
1:	dc	cisw, xzr
	dsb	sy
	msr	sctlr_el1, x14
	isb
	msr	sctlr_el1, x13
	isb
	b	1b

	.globl	programs_end
	.hidden	programs_end
programs_end:

	.section .note.GNU-stack, "", %progbits
