/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways into and out of EL2: the take, the vectors while the host runs, the vectors
 * while a guest runs, the release, and faults of EL2 itself.
 *
 * Registers: a call of the host may clobber x0-x17 (the kernel's own contract for its
 * stub). TPIDR_EL2 holds the PA of this PE's struct hvk_el2_cpu from take to release;
 * the structure is page-aligned, and the bits below mark a fault (to_fault). SP_EL2 is
 * the top of the PE's stack while the host runs; while a guest runs the host's x18-x30
 * are on that stack.
 */
#define __ASSEMBLY__
#include "el2_abi.h"
#include "el2_arch.h"
#include "asm_offsets.h"
#include "macros.S"

/* Marks in TPIDR_EL2, below the page-aligned address of the structure. */
#define FAULT_MARKS	0xfff
#define FAULT_FIRST	0x1
#define FAULT_AGAIN	0x2
#define FAULT_VECTOR_SHIFT 2		/* a vector's number, 10 bits */

	/*
	 * Goes to el2_fault without accessing memory, because the stack may be
	 * what faulted. x0 is kept in TPIDRRO_EL0, which the kernel uses as a
	 * scratch register.
	 */
	.macro	to_fault nr
	msr	tpidrro_el0, x0
	mrs	x0, tpidr_el2
	tbnz	x0, #0, fault_again
	add	x0, x0, #((\nr) << FAULT_VECTOR_SHIFT | FAULT_FIRST)
	msr	tpidr_el2, x0
	b	el2_fault
	.endm

	.macro	this_pe reg, pushed=0
	mrs	\reg, tpidr_el2
	.endm

	.macro	run_returns
	eret_sb
	.endm

	/* An exception to EL2 without E2H sets all that matters (DDI 0487 D1.3.1). */
	.macro	host_pstate
	.endm

	/* There is none: SCTLR_EL2.IESB is 0, and nothing here executes ESB. */
	.macro	deferred_serror
	.endm

	.macro	answer value
	mov	x0, #(\value & 0xffff)
	movk	x0, #(\value >> 16), lsl #16
	.endm

	/* \reg = \field of struct hvk_el2_cpu (x17). */
	.macro	swap_field reg, field, tmp
	ldr	\tmp, [x17, #\field]
	msr	\reg, \tmp
	.endm

	/*
	 * Records how far this PE has got, for another PE that waits for it.
	 * x17 = struct hvk_el2_cpu; clobbers x7. DC CIVAC moves the line from all
	 * caches to memory at once: a later store with the MMU off must find no
	 * dirty line that would be written over it, nor leave a stale line that
	 * would be read in its place.
	 */
	.macro	crumb stage
	mov	x7, #\stage
	str	x7, [x17, #CPU_CRUMB]
	add	x7, x17, #CPU_CRUMB
	dc	civac, x7
	dsb	sy			/* in memory before the next step is tried */
	.endm

/*
 * The header that EL1 reads: offsets from the start of the image.
 */
	.section .head, "ax"
	.globl	hvk_el2_image
hvk_el2_image:
	.quad	HVK_EL2_ANSWER
	.quad	hvk_el2_take - hvk_el2_image
	.quad	host_vectors - hvk_el2_image
	.quad	guest_vectors - hvk_el2_image
	.quad	hvk_el2_bounce - hvk_el2_image

	.text

/*
 * take: reached at EL2 by the stub's HVC_SOFT_RESTART, MMU off.
 *   in: x0 = PA of struct hvk_el2_cpu (clean to PoC), x1 = VA at EL1 to
 *   return to, x2 = PSTATE for that; out: x0 = HVK_EL2_ANSWER; clobbers
 *   x3-x17.
 * The old values of EL2's registers are stored only once the MMU is on: a store with
 * the MMU off could be hidden behind a clean line that EL1 has speculatively fetched.
 */
func hvk_el2_take
	mov	x17, x0
	/*
	 * VBAR_EL2, stack and TPIDR_EL2 come first: from here on el2_fault reports
	 * a fault, with the MMU off and on, because VA = PA and the image is clean
	 * to the PoC. With the stub's vectors, which our tables do not map, a fault
	 * would be a silent loop. One kind of fault cannot be reported at EL2: if
	 * with the MMU on this code cannot be fetched, the vectors cannot be fetched
	 * either. Then the breadcrumb shows where the PE stopped.
	 */
	mrs	x8, vbar_el2
	mrs	x9, tpidr_el2
	ldr	x7, [x17, #CPU_STACK_TOP]
	mov	sp, x7
	msr	tpidr_el2, x17
	swap_field vbar_el2, CPU_VBAR_HOST, x7
	isb				/* our vectors hold before anything may fault */
	crumb	HVK_CRUMB_TAKE
	mrs	x3, sctlr_el2
	mrs	x4, tcr_el2
	mrs	x5, mair_el2
	mrs	x6, ttbr0_el2
	swap_field ttbr0_el2, CPU_TTBR0, x7
	swap_field tcr_el2, CPU_TCR, x7
	swap_field mair_el2, CPU_MAIR, x7
	isb				/* TCR, MAIR, TTBR0 hold before the TLBI */
	tlbi	alle2			/* drop entries that KVM left behind */
	dsb	nsh			/* TLBI complete on this PE */
	ic	iallu			/* drop lines of what these pages held */
	dsb	nsh			/* IC complete before the MMU goes on */
	isb				/* discard what was fetched before the IC */
	crumb	HVK_CRUMB_MMU_GOES_ON
	ldr	x7, [x17, #CPU_SCTLR]
	msr	sctlr_el2, x7
	isb				/* MMU and caches on from here */
	crumb	HVK_CRUMB_MMU_ON

	str	x3, [x17, #CPU_SAVED_SCTLR]
	str	x4, [x17, #CPU_SAVED_TCR]
	str	x5, [x17, #CPU_SAVED_MAIR]
	str	x6, [x17, #CPU_SAVED_TTBR0]
	.macro	save reg, field
	mrs	x7, \reg
	str	x7, [x17, #\field]
	.endm
	str	x8, [x17, #CPU_SAVED_VBAR]
	str	x9, [x17, #CPU_SAVED_TPIDR]
	save	hcr_el2, CPU_SAVED_HCR
	save	cptr_el2, CPU_SAVED_CPTR
	save	mdcr_el2, CPU_SAVED_MDCR
	save	cnthctl_el2, CPU_SAVED_CNTHCTL
	save	cntvoff_el2, CPU_SAVED_CNTVOFF
	save	hstr_el2, CPU_SAVED_HSTR
	save	vttbr_el2, CPU_SAVED_VTTBR
	save	vtcr_el2, CPU_SAVED_VTCR
	save	vpidr_el2, CPU_SAVED_VPIDR
	save	vmpidr_el2, CPU_SAVED_VMPIDR
	str	xzr, [x17, #CPU_CTX]
	msr	cnthp_ctl_el2, xzr	/* ours from here on; nobody used it before */

	/*
	 * While EL2 of this PE was not ours it may have missed an invalidation:
	 * drop the entries of all guests.
	 */
	tlbi	alle1
	dsb	nsh			/* TLBI complete before a guest runs here */
	crumb	HVK_CRUMB_TAKEN
	msr	elr_el2, x1
	msr	spsr_el2, x2
	answer	HVK_EL2_ANSWER
	eret_sb

/*
 * bounce: reached like the take, returns to EL1 at once. Of EL2's registers only
 * ELR_EL2 and SPSR_EL2 change. In and out as for the take; clobbers x7, x17.
 */
func hvk_el2_bounce
	mov	x17, x0
	crumb	HVK_CRUMB_BOUNCE
	msr	elr_el2, x1
	msr	spsr_el2, x2
	answer	HVK_EL2_ANSWER
	eret_sb

/*
 * put_back: restores EL2's registers as the take found them, MMU off at the end. Our
 * vectors stay until nothing can fault any more, because our tables do not map those
 * of the previous owner.
 *   in: x17 = struct hvk_el2_cpu; clobbers x5-x16; preserves x0-x4.
 */
func put_back
	tlbi	alle1			/* the EL1&0 entries of every VMID */
	dsb	nsh			/* complete before the registers change */
	ldr	x10, [x17, #CPU_SAVED_TTBR0]
	ldr	x11, [x17, #CPU_SAVED_TCR]
	ldr	x12, [x17, #CPU_SAVED_MAIR]
	ldr	x13, [x17, #CPU_SAVED_SCTLR]
	ldr	x14, [x17, #CPU_SAVED_VBAR]
	ldr	x15, [x17, #CPU_SAVED_TPIDR]
	swap_field hcr_el2, CPU_SAVED_HCR, x7
	swap_field cptr_el2, CPU_SAVED_CPTR, x7
	swap_field mdcr_el2, CPU_SAVED_MDCR, x7
	swap_field cnthctl_el2, CPU_SAVED_CNTHCTL, x7
	swap_field cntvoff_el2, CPU_SAVED_CNTVOFF, x7
	swap_field hstr_el2, CPU_SAVED_HSTR, x7
	swap_field vttbr_el2, CPU_SAVED_VTTBR, x7
	swap_field vtcr_el2, CPU_SAVED_VTCR, x7
	swap_field vpidr_el2, CPU_SAVED_VPIDR, x7
	swap_field vmpidr_el2, CPU_SAVED_VMPIDR, x7
	crumb	HVK_CRUMB_MMU_GOES_OFF
	isb				/* all of the above holds before translation changes */
	msr	sctlr_el2, x13
	isb				/* MMU off; as VA = PA, execution goes on */
	crumb	HVK_CRUMB_MMU_OFF
	msr	ttbr0_el2, x10
	msr	tcr_el2, x11
	msr	mair_el2, x12
	msr	tpidr_el2, x15
	msr	vbar_el2, x14
	isb				/* all of the above holds before the TLBI */
	tlbi	alle2			/* our own entries */
	dsb	nsh			/* TLBI complete before EL2 has a new owner */
	isb				/* for this PE's own execution as well */
	ret

/*
 * Synchronous exceptions of the host. SP_EL2 is the top of the stack. x16 and x17 are
 * kept on it until it is clear that this is an HVC, which may clobber them.
 */
func host_sync
	stp	x16, x17, [sp, #-16]!
	mrs	x16, esr_el2
	lsr	x16, x16, #26
	cmp	x16, #EC_HVC64
	b.ne	host_not_hvc
	add	sp, sp, #16
	mrs	x17, tpidr_el2

	cmp	x0, #HVK_STUB_NR
	b.lo	host_stub_call
	mov	x16, #(HVK_EL2_CALL_BASE & 0xffff)
	movk	x16, #(HVK_EL2_CALL_BASE >> 16), lsl #16
	sub	x16, x0, x16
	cmp	x16, #HVK_EL2_NR_CALLS
	b.hs	host_foreign_call
	cmp	x16, #(HVK_EL2_CALL_RUN - HVK_EL2_CALL_BASE)
	b.eq	host_run
	cmp	x16, #(HVK_EL2_CALL_RELEASE - HVK_EL2_CALL_BASE)
	b.eq	host_release
	cbz	x16, host_answer	/* PROBE */

	/* TLB calls: C preserves x19-x29, so only x18 and x30 (lr) are saved here. */
	stp	x18, x30, [sp, #-16]!
	mov	x5, x4
	mov	x4, x3
	mov	x3, x2
	mov	x2, x1
	mov	x1, x0
	mov	x0, x17
	bl	hvk_el2_tlb_call
	ldp	x18, x30, [sp], #16
	eret_sb
host_answer:
	answer	HVK_EL2_ANSWER
	eret_sb

/*
 * A call that is not hvk's. KVM's calls have hvk's upper half-word, apart from bit 16,
 * which is SMCCC's hint. They are answered with x0 = 0 and x1 = HVC_STUB_ERR, by which
 * KVM learns that EL2 is no longer its own. KVM makes calls only while it believes that
 * it is installed here, so that is noted. Any other call is answered as PROBE is.
 */
host_foreign_call:
	bic	x16, x0, #0x10000
	lsr	x16, x16, #16
	mov	x15, #(HVK_EL2_CALL_BASE >> 16)
	cmp	x16, x15
	b.ne	host_answer
	mov	x15, #1
	str	x15, [x17, #CPU_KVM_INSTALLED]
	answer	HVK_STUB_ERR
	mov	x1, x0
	mov	x0, #0
	eret_sb

/*
 * The stub's calls. Only SOFT_RESTART is carried out, for kexec and crash kernels.
 * SET_VECTORS and RESET_VECTORS are answered as if they had been; RESET_VECTORS, by which
 * KVM gives EL2 up, is noted.
 */
host_stub_call:
	cmp	x0, #HVK_STUB_SOFT_RESTART
	b.eq	1f
	mov	x16, x0
	mov	x0, #0			/* SET_VECTORS, RESET_VECTORS: "done" */
	cmp	x16, #HVK_STUB_SET_VECTORS
	b.eq	3f
	cmp	x16, #HVK_STUB_RESET_VECTORS
	b.eq	2f
	answer	HVK_STUB_ERR
	b	3f
2:	str	xzr, [x17, #CPU_KVM_INSTALLED]
3:	eret_sb
1:	bl	put_back		/* clobbers lr, which SOFT_RESTART never needs again */
	mov	x16, x1
	mov	x0, x2
	mov	x1, x3
	mov	x2, x4
	br	x16

host_release:
	mov	x4, x30
	bl	put_back
	mov	x30, x4
	answer	HVK_EL2_ANSWER
	eret_sb

host_run:
	mov	x0, x17
	b	run_guest

#include "guest.S"

host_not_hvc:
	ldp	x16, x17, [sp], #16
	to_fault 8

/*
 * A fault of EL2 itself; reached by to_fault, with every register but x0 unchanged. The
 * registers are saved in the PE's structure, the host's EL1 state is loaded again if a
 * guest's was, and EL1 reports the fault (hvk_el2_panic()). The stack is used from its
 * top again: the fault may have been an overflow, and there is no other stack.
 *
 * Nothing before the first store can fault. The stores can, if EL2's tables do not map
 * the structure: then fault_again reports. What it needs of this first fault is kept in
 * ESR_EL1, ELR_EL1 and FAR_EL1, whose contents are not needed: either the host is in a
 * call, or they are the guest's.
 */
el2_fault:
	mrs	x0, esr_el2
	msr	esr_el1, x0
	mrs	x0, elr_el2
	msr	elr_el1, x0
	mrs	x0, far_el2
	msr	far_el1, x0
	mrs	x0, tpidr_el2
	and	x0, x0, #~FAULT_MARKS
	str	x1, [x0, #CPU_FAULT_X + 8]
	add	x1, x0, #CPU_FAULT_X
	save_x2_x30 x1
	mov	x19, x0
	mrs	x2, tpidrro_el0
	str	x2, [x19, #CPU_FAULT_X]
	str	xzr, [x19, #CPU_FAULT_AGAIN]
	note	spsr_el2, CPU_FAULT_SPSR
	note	hpfar_el2, CPU_FAULT_HPFAR
	note	par_el1, CPU_FAULT_PAR
	bl	note_first
	bl	hvk_el2_abandon

/* Returns to EL1, which reports the fault; x19 = struct hvk_el2_cpu. */
fault_to_el1:
	msr	tpidr_el2, x19		/* without marks, for the crash kernel's calls */
	mov	x2, #0x3c5		/* EL1h, D A I F masked */
	msr	spsr_el2, x2
	ldr	x2, [x19, #CPU_PANIC_PC]
	msr	elr_el2, x2
	ldr	x0, [x19, #CPU_PANIC_ARG]
	eret_sb

/*
 * Saves what el2_fault and fault_again both know of the first fault, also in the
 * breadcrumb, and sets sp to the top of the stack.
 *   in: x19 = struct hvk_el2_cpu; out: x0 = x19; clobbers x2.
 */
note_first:
	mrs	x2, tpidr_el2
	ubfx	x2, x2, #FAULT_VECTOR_SHIFT, #10
	str	x2, [x19, #CPU_FAULT_VECTOR]
	mov	x2, sp
	str	x2, [x19, #CPU_FAULT_SP]
	note	far_el1, CPU_FAULT_FAR
	note	esr_el1, CPU_FAULT_ESR
	str	x2, [x19, #CPU_CRUMB_ESR]
	note	elr_el1, CPU_FAULT_ELR
	str	x2, [x19, #CPU_CRUMB_ELR]
	add	x2, x19, #CPU_CRUMB
	dc	civac, x2
	dsb	sy			/* in memory, in case the rest fails as well */
	ldr	x2, [x19, #CPU_STACK_TOP]
	mov	sp, x2
	mov	x0, x19
	ret

/*
 * EL2 faulted while it saved a fault's registers: its tables do not map the memory as
 * they should. It tries again with the MMU off, which works because VA = PA. x0 =
 * TPIDR_EL2; the general-purpose registers of the first fault are lost. After a third
 * fault nothing more can be done: the PE stops, and others can read what it left in
 * memory.
 */
fault_again:
	tbnz	x0, #1, fault_lost
	orr	x0, x0, #FAULT_AGAIN
	msr	tpidr_el2, x0
	and	x19, x0, #~FAULT_MARKS
	mov	x1, #0x0830		/* SCTLR_EL2: the RES1 bits of v8.0 */
	movk	x1, #0x30c5, lsl #16
	msr	sctlr_el2, x1
	isb				/* MMU and caches off */
	/*
	 * Clean and invalidate the stack and the structure, which were written
	 * with the MMU on: the reads below then get what was written last, and no
	 * dirty line is later written over the stores below. Steps of 16 bytes, the
	 * smallest line that the architecture allows, miss no line.
	 */
	sub	x1, x19, #FAULT_MARKS + 1
	add	x2, x19, #FAULT_MARKS + 1
1:	dc	civac, x1
	add	x1, x1, #16
	cmp	x1, x2
	b.lo	1b
	dsb	sy			/* complete before the first access */
	mov	x2, #1
	str	x2, [x19, #CPU_FAULT_AGAIN]
	note	esr_el2, CPU_AGAIN_ESR
	note	elr_el2, CPU_AGAIN_ELR
	note	far_el2, CPU_AGAIN_FAR
	bl	note_first
	bl	hvk_el2_abandon
	b	fault_to_el1

fault_lost:
	wfe
	b	fault_lost

/* --- vectors ----------------------------------------------------------------- */
	.balign	2048
host_vectors:
	vec_fault 0			/* EL2t: never used */
	vec_fault 1
	vec_fault 2
	vec_fault 3
	vec_fault 4			/* EL2h */
	vec_fault 5
	vec_fault 6
	vec_to	el2_serror
	vec_to	host_sync		/* lower, AArch64 */
	vec_fault 9
	vec_fault 10
	vec_fault 11
	vec_fault 12			/* lower, AArch32 */
	vec_fault 13
	vec_fault 14
	vec_fault 15

	guest_vectors_at guest_vectors

	.section .note.GNU-stack, "", %progbits
