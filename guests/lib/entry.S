/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry points of a partition's PEs, and its exception vectors.
 *
 * partition_entry  (boot PE)  in: x0 = IPA of the device tree, MMU and caches
 *                  off, EL1, interrupts masked. Never returns.
 * secondary_entry  (others)   in: x0 = struct smp_boot *, the context argument
 *                  of PSCI CPU_ON (DEN0022 5.6). Same state. Never returns.
 *
 * No memory is written before the MMU and the caches are on: a stale cache line could later
 * hide a store that has bypassed the caches. So the first translation tables are constants
 * of the image (mmu.c).
 */

#include "layout.h"

	.section .text.entry, "ax"
	.global partition_entry
partition_entry:
	mov	x19, x0
	bl	mmu_on
	adrp	x0, smp_stacks
	add	x0, x0, :lo12:smp_stacks
	add	x0, x0, #(SMP_STACK_SPAN & 0xfff000)
	mov	sp, x0

	/* Clear BSS, which a loader of a raw image knows nothing of. */
	adrp	x1, bss_start
	add	x1, x1, :lo12:bss_start
	adrp	x2, bss_end
	add	x2, x2, :lo12:bss_end
1:	cmp	x1, x2
	b.hs	2f
	stp	xzr, xzr, [x1], #16
	b	1b

2:	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x19
	bl	partition_start
3:	wfi
	b	3b

	.global secondary_entry
secondary_entry:
	mov	x19, x0
	bl	mmu_on
	ldr	x1, [x19, #SMP_BOOT_STACK]
	mov	sp, x1
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x19
	bl	secondary_start
3:	wfi
	b	3b

/*
 * Sets VBAR_EL1 and turns on MMU, caches and FP. Writes no memory. Clobbers x0 to x2.
 */
mmu_on:
	adrp	x0, vectors
	add	x0, x0, :lo12:vectors
	msr	vbar_el1, x0
	mov	x0, #(3 << 20)			/* CPACR_EL1.FPEN: no trap */
	msr	cpacr_el1, x0

	ldr	x0, =MMU_MAIR
	msr	mair_el1, x0
	ldr	x0, =MMU_TCR
	mrs	x1, id_aa64mmfr0_el1		/* PARange bounds TCR_EL1.IPS */
	and	x1, x1, #7
	mov	x2, #5				/* 48 bits */
	cmp	x1, x2
	csel	x1, x1, x2, lo
	bfi	x0, x1, #32, #3
	msr	tcr_el1, x0
	adrp	x0, mmu_root
	add	x0, x0, :lo12:mmu_root
	msr	ttbr0_el1, x0
	/*
	 * The first isb makes the registers above effective before the TLB is
	 * invalidated; dsb and isb complete the invalidation before SCTLR_EL1.M allows
	 * table walks (DDI 0487 D8.14).
	 */
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	ldr	x0, =MMU_SCTLR
	msr	sctlr_el1, x0
	isb
	ret
	.ltorg

/*
 * Vectors (DDI 0487 D1.4.1). Each makes room for struct exc_frame on the stack, saves x0
 * and x1 there, and passes its number in x0: group * 4 + {sync, IRQ, FIQ, SError}.
 */
	.macro	vector_entry number
	.balign	128
	sub	sp, sp, #EXC_FRAME_SIZE
	stp	x0, x1, [sp]
	mov	x0, #\number
	b	exception_common
	.endm

/*
 * The vector of synchronous exceptions at EL1. If the stack is full, a vector's own store
 * causes such an exception: then ELR_EL1 is in the image's first page, which has all
 * vectors (lib.ld asserts it). That exception is reported on the spare stack. TPIDR_EL1 is
 * reserved for the library, to save x0 meanwhile.
 */
	.macro	vector_entry_sync number
	.balign	128
	msr	tpidr_el1, x0
	mrs	x0, elr_el1
	eor	x0, x0, #0x40000000
	lsr	x0, x0, #12
	cbz	x0, stack_full
	mrs	x0, tpidr_el1
	sub	sp, sp, #EXC_FRAME_SIZE
	stp	x0, x1, [sp]
	mov	x0, #\number
	b	exception_common
	.endm

	.section .text.vectors, "ax"
	.balign	2048
	.global vectors
vectors:
	.set	number, 0
	.rept	16
	.if number == 4
	vector_entry_sync number
	.else
	vector_entry number
	.endif
	.set	number, number + 1
	.endr

	.balign	128
	.global vectors_end
vectors_end:

/* x0 is in TPIDR_EL1. */
stack_full:
	mov	x0, sp
	msr	sp_el0, x0			/* for the report: exception() */
	adrp	x0, spare_stack_end
	add	x0, x0, :lo12:spare_stack_end
	mov	sp, x0
	mrs	x0, tpidr_el1
	sub	sp, sp, #EXC_FRAME_SIZE
	stp	x0, x1, [sp]
	mov	x0, #EXC_STACK_FULL

/* x0: the vector's number; x0 and x1 of the interrupted code are in the frame already. */
exception_common:
	stp	x2, x3, [sp, #16 * 1]
	stp	x4, x5, [sp, #16 * 2]
	stp	x6, x7, [sp, #16 * 3]
	stp	x8, x9, [sp, #16 * 4]
	stp	x10, x11, [sp, #16 * 5]
	stp	x12, x13, [sp, #16 * 6]
	stp	x14, x15, [sp, #16 * 7]
	stp	x16, x17, [sp, #16 * 8]
	stp	x18, x19, [sp, #16 * 9]
	stp	x20, x21, [sp, #16 * 10]
	stp	x22, x23, [sp, #16 * 11]
	stp	x24, x25, [sp, #16 * 12]
	stp	x26, x27, [sp, #16 * 13]
	stp	x28, x29, [sp, #16 * 14]
	add	x1, sp, #EXC_FRAME_SIZE
	stp	x30, x1, [sp, #16 * 15]
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x2, x3, [sp, #16 * 16]
	mrs	x2, esr_el1
	mrs	x3, far_el1
	stp	x2, x3, [sp, #16 * 17]
	mov	x1, sp
	bl	exception

	ldp	x2, x3, [sp, #16 * 16]
	msr	elr_el1, x2
	msr	spsr_el1, x3
	ldp	x2, x3, [sp, #16 * 1]
	ldp	x4, x5, [sp, #16 * 2]
	ldp	x6, x7, [sp, #16 * 3]
	ldp	x8, x9, [sp, #16 * 4]
	ldp	x10, x11, [sp, #16 * 5]
	ldp	x12, x13, [sp, #16 * 6]
	ldp	x14, x15, [sp, #16 * 7]
	ldp	x16, x17, [sp, #16 * 8]
	ldp	x18, x19, [sp, #16 * 9]
	ldp	x20, x21, [sp, #16 * 10]
	ldp	x22, x23, [sp, #16 * 11]
	ldp	x24, x25, [sp, #16 * 12]
	ldp	x26, x27, [sp, #16 * 13]
	ldp	x28, x29, [sp, #16 * 14]
	ldr	x30, [sp, #16 * 15]
	ldp	x0, x1, [sp]
	add	sp, sp, #EXC_FRAME_SIZE
	eret

	.section .bss
	.balign	16
	.space	0x1000
spare_stack_end:
