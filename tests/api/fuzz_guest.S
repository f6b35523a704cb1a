/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of ioctl_fuzz, position-independent, two pages: vectors, and a loop that
 * touches memory, devices, nobody's addresses, timers and hypercalls by turns, chosen
 * by the numbers in x20; and a second loop, for races (fuzz_race.c), that does those
 * of a few things without a pause that x25 has bits for. What an exception hits is
 * skipped; interrupts are acknowledged.
 *
 * x19: RAM, x20: numbers, x21: RAM's size less 8, x22: GICD, x23: GICC, x24: nobody's
 */
#include "fuzz_race.h"
#include "uapi/hvk_para.h"

	.section .rodata
	.balign 4096
	.globl	fuzz_guest_start, fuzz_guest_entry, fuzz_race_entry, fuzz_guest_end
	.hidden	fuzz_guest_start, fuzz_guest_entry, fuzz_race_entry, fuzz_guest_end
fuzz_guest_start:
	.set	vector, 0
	.rept	16
	.balign	128
	.if vector % 4 == 1
	ldr	w28, [x23, #0xc]	/* GICC_IAR */
	str	w28, [x23, #0x10]	/* GICC_EOIR */
	.else
	mrs	x28, elr_el1
	add	x28, x28, #4
	msr	elr_el1, x28
	.endif
	eret
	.set	vector, vector + 1
	.endr

	.balign	2048
fuzz_guest_entry:
	mov	w0, #3
	str	w0, [x23]		/* GICC_CTLR */
	mov	w0, #0xf0
	str	w0, [x23, #4]		/* GICC_PMR */
	str	w0, [x22]		/* GICD_CTLR */
	mov	w0, #-1
	str	w0, [x22, #0x100]	/* GICD_ISENABLER */
	str	w0, [x22, #0x104]
	msr	daifclr, #2
.Lloop:
	/* Knuth's: the upper bits are the good ones. */
	ldr	x0, =6364136223846793005
	mul	x20, x20, x0
	add	x20, x20, #1
	lsr	x1, x20, #24
	and	x1, x1, x21
	str	x20, [x19, x1]
	lsr	x2, x20, #33
	and	x2, x2, x21
	ldr	x3, [x19, x2]
	lsr	x4, x20, #60
	adr	x5, .Lturns
	add	x5, x5, x4, lsl #5
	lsr	x6, x20, #20
	and	x6, x6, #0xffc
	br	x5

	.macro	turn
	b	.Lloop
	.balign	32
	.endm
	.balign	32
.Lturns:
	ldr	w7, [x22, x6]
	turn
	str	w20, [x22, x6]
	turn
	ldr	w7, [x23, x6]
	turn
	str	w20, [x24, x6]
	turn
	ldr	x7, [x24, x6]
	turn
	add	x7, x24, x6
	ldp	x8, x9, [x7]
	turn
	add	x7, x19, x1
	dc	civac, x7
	ic	ivau, x7
	turn
	tlbi	vmalle1is
	dsb	ish
	turn
	mrs	x7, cntvct_el0
	add	x7, x7, x6
	msr	cntv_cval_el0, x7
	mov	x7, #1
	msr	cntv_ctl_el0, x7
	turn
	mov	w0, #0xc6000000		/* hypercalls of hvk_para.h */
	add	w0, w0, #0x40
	bfxil	w0, w20, #8, #5
	ubfx	x1, x20, #13, #2
	ubfx	x2, x20, #15, #1
	hvc	#0
	turn
	mov	w0, #0x84000000		/* PSCI, but not SYSTEM_OFF and RESET */
	bfxil	w0, w20, #8, #3
	lsr	x1, x20, #40
	hvc	#0
	turn
	mov	w7, #1			/* an SGI to all */
	lsl	w7, w7, #24
	str	w7, [x22, #0xf00]
	turn
	add	x7, x19, x2
	br	x7			/* whatever the VMM left there */
	turn
	mrs	x7, id_aa64mmfr0_el1
	msr	csselr_el1, x20
	mrs	x7, ccsidr_el1
	turn
	wfe
	turn
	wfi
	turn
	.ltorg

	/* One hypercall, with what is in x1 and x2. */
	.macro	call fn
	ldr	x0, =\fn
	hvc	#0
	.endm

fuzz_race_entry:
	tbz	x25, #RACE_BIT_IRQS, .Lrace
	mov	w0, #3
	str	w0, [x23]		/* GICC_CTLR */
	mov	w0, #0xf0
	str	w0, [x23, #4]		/* GICC_PMR */
	str	w0, [x22]		/* GICD_CTLR */
	mov	w0, #-1
	str	w0, [x22, #0x100]	/* GICD_ISENABLER */
	str	w0, [x22, #0x104]
	str	w0, [x22, #0x108]
	msr	daifclr, #2
.Lrace:
	ldr	x0, =6364136223846793005
	mul	x20, x20, x0
	add	x20, x20, #1
	lsr	x10, x20, #33

	tbz	x25, #RACE_BIT_CALLS, 1f
	and	x1, x10, #(RACE_CHANNELS - 1)
	ubfx	x2, x10, #8, #1
	call	HVK_PARA_EVENT_MASK
	and	x1, x10, #(RACE_CHANNELS - 1)
	mov	x2, #0
	call	HVK_PARA_EVENT_MASK
	and	x1, x10, #(RACE_CHANNELS - 1)
	call	HVK_PARA_EVENT_NOTIFY
	mov	x1, #-1
	call	HVK_PARA_EVENT_PENDING
1:	tbz	x25, #RACE_BIT_RAM, 1f
	and	x1, x10, x21
	and	x1, x1, #~7
	str	x20, [x19, x1]
	ldr	x3, [x19, x1]
1:	tbz	x25, #RACE_BIT_MMIO, 1f
	and	x1, x10, #(RACE_MMIO_SIZE - 4)
	str	w20, [x24, x1]
1:	tbz	x25, #RACE_BIT_IRQS, 1f
	mov	w7, #1			/* an SGI to all */
	lsl	w7, w7, #24
	str	w7, [x22, #0xf00]
	ubfx	x1, x10, #6, #6
	lsl	x1, x1, #2
	ldr	w7, [x22, x1]
1:	tbz	x25, #RACE_BIT_POWER, 1f
	ldr	x0, =0xc4000004		/* AFFINITY_INFO */
	and	x1, x10, #7
	mov	x2, #0
	hvc	#0
	ldr	x0, =0xc4000003		/* CPU_ON, at the same place */
	and	x1, x10, #7
	adr	x2, .Lrace
	mov	x3, #0
	hvc	#0
1:	tbz	x25, #RACE_BIT_YIELD, .Lrace
	call	HVK_PARA_YIELD
	call	HVK_PARA_WINDOW
	b	.Lrace
	.ltorg
	.balign	4096
fuzz_guest_end:

	.section .note.GNU-stack, "", %progbits
