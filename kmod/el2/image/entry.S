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

#define VECTOR_FAULT_BASE 0x100	/* fault.vector: guest vectors from here on */

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

	/* ERET, with barriers so that nothing behind it is executed speculatively (Spectre). */
	.macro	eret_sb
	eret
	dsb	nsh
	isb
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

/*
 * RUN: x1 = PA of the context. The host's x18-x30 stay on the stack until the guest has
 * exited.
 */
host_run:
	stp	x18, x19, [sp, #-112]!
	stp	x20, x21, [sp, #16]
	stp	x22, x23, [sp, #32]
	stp	x24, x25, [sp, #48]
	stp	x26, x27, [sp, #64]
	stp	x28, x29, [sp, #80]
	str	x30, [sp, #96]
	mov	x0, x17
	bl	hvk_el2_enter
	cbnz	x0, run_done
	.globl	guest_goes_on
	.hidden	guest_goes_on
guest_goes_on:
	mrs	x0, tpidr_el2
	ldr	x0, [x0, #CPU_CTX]
	load_x2_x30 x0, CTX_X
	ldp	x0, x1, [x0, #CTX_X]
	eret_sb

run_done:
	ldp	x20, x21, [sp, #16]
	ldp	x22, x23, [sp, #32]
	ldp	x24, x25, [sp, #48]
	ldp	x26, x27, [sp, #64]
	ldp	x28, x29, [sp, #80]
	ldr	x30, [sp, #96]
	ldp	x18, x19, [sp], #112
	eret_sb

/*
 * A guest exits. Its x0 and x1 are on the stack; x1 is the kind of exit: HVK_EXIT_SYNC,
 * HVK_EXIT_IRQ or HVK_EXIT_SERROR.
 */
guest_exit:
	mrs	x0, tpidr_el2
	ldr	x0, [x0, #CPU_CTX]
	save_x2_x30 x0, CTX_X
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0, #CTX_X]
	cbz	x1, hvk_el2_answer	/* HVK_EXIT_SYNC is 0 */
	cmp	x1, #HVK_EXIT_IRQ
	b.eq	hvk_el2_interrupt
	b	0f
	.globl	guest_is_kicked
	.hidden	guest_is_kicked
guest_is_kicked:
	mov	x1, #HVK_EXIT_KICK
	b	0f
	.globl	guest_interrupted
	.hidden	guest_interrupted
guest_interrupted:
	mov	x1, #HVK_EXIT_IRQ
	b	0f
	.globl	guest_leaves
	.hidden	guest_leaves
guest_leaves:
	mov	x1, #HVK_EXIT_SYNC
0:	mov	x20, x1			/* kind */
	mrs	x21, tpidr_el2		/* cpu */
	ldr	x19, [x21, #CPU_CTX]

	/*
	 * EL2 and the host must not use branch predictions that the guest
	 * trained (Spectre v2 and BHB). No indirect branch was executed up to
	 * here. An SMC is executed only if the module found firmware that
	 * implements the call: with SCR_EL3.SMD set it would be UNDEFINED.
	 */
	ldr	x22, [x21, #CPU_FLAGS]
	tbz	x22, #0, 1f		/* HVK_EL2_F_SMC_WA1 */
	mov	w0, #0x8000
	movk	w0, #0x8000, lsl #16	/* SMCCC_ARCH_WORKAROUND_1 */
	smc	#0
1:	tbz	x22, #1, 2f		/* HVK_EL2_F_SMC_WA3 */
	mov	w0, #0x3fff
	movk	w0, #0x8000, lsl #16	/* SMCCC_ARCH_WORKAROUND_3 */
	smc	#0
2:	tbz	x22, #2, 4f		/* HVK_EL2_F_BHB_LOOP */
	ldr	x0, [x21, #CPU_BHB_LOOPS]
3:	b	. + 4			/* each taken branch fills one entry */
	subs	x0, x0, #1
	b.ne	3b
	dsb	nsh			/* no speculation past the loop */
	isb
4:
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	stp	x2, x3, [x19, #CTX_PC]
	mrs	x2, esr_el2
	mrs	x3, far_el2
	str	x2, [x19, #CTX_ESR]
	str	x3, [x19, #CTX_FAR]
	mrs	x2, hpfar_el2
	str	x2, [x19, #CTX_HPFAR]

	/*
	 * Without the RAS extension, an SError that the guest caused is known
	 * to be pending only once the guest's accesses are complete (DSB). It
	 * must be taken here, or the host would take it (DDI 0487 D1.12.4). The
	 * DSB also completes the table walks that the guest started, before
	 * load_host_el1() changes the registers that they use (D8.1.5,
	 * R_LFHQG).
	 */
	dsb	sy
	isb				/* ISR is read after the DSB */
	mrs	x2, isr_el1
	tbz	x2, #8, 5f
	msr	daifclr, #4
serror_window:
	isb				/* a pending SError is taken by here */
serror_window_end:
	msr	daifset, #4
5:
	mov	x0, x21
	mov	x1, x19
	mov	x2, x20
	bl	hvk_el2_leave
	cmn	x0, #1			/* HVK_RESUME */
	b.eq	guest_goes_on
	b	run_done

/*
 * An SError taken at EL2. Between serror_window and serror_window_end it is the guest's:
 * it is noted in the kind of exit (x20), and EL2 goes on. Anywhere else it is fatal.
 */
func el2_serror
	stp	x0, x1, [sp, #-16]!
	mrs	x0, elr_el2
	adr	x1, serror_window
	cmp	x0, x1
	b.lo	1f
	adr	x1, serror_window_end
	cmp	x0, x1
	b.hi	1f
	orr	x20, x20, #HVK_EXIT_F_SERROR
	ldp	x0, x1, [sp], #16
	eret_sb
1:	ldp	x0, x1, [sp], #16
	to_fault 7

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
	.macro	note reg, field
	mrs	x2, \reg
	str	x2, [x19, #\field]
	.endm
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
	.macro	vec_fault nr
	.balign	128
	to_fault \nr
	.endm

	.macro	vec_guest kind
	.balign	128
	stp	x0, x1, [sp, #-16]!
	mov	x1, #\kind
	b	guest_exit
	.endm

	.macro	vec_to target
	.balign	128
	b	\target
	.endm

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

	.balign	2048
guest_vectors:
	vec_fault VECTOR_FAULT_BASE + 0
	vec_fault VECTOR_FAULT_BASE + 1
	vec_fault VECTOR_FAULT_BASE + 2
	vec_fault VECTOR_FAULT_BASE + 3
	vec_fault VECTOR_FAULT_BASE + 4
	vec_fault VECTOR_FAULT_BASE + 5
	vec_fault VECTOR_FAULT_BASE + 6
	vec_to	el2_serror
	vec_guest HVK_EXIT_SYNC		/* lower, AArch64 */
	vec_guest HVK_EXIT_IRQ
	vec_guest HVK_EXIT_IRQ		/* an FIQ is left to EL1, as an IRQ is */
	vec_guest HVK_EXIT_SERROR
	vec_guest HVK_EXIT_SYNC		/* lower, AArch32 */
	vec_guest HVK_EXIT_IRQ
	vec_guest HVK_EXIT_IRQ
	vec_guest HVK_EXIT_SERROR

	.section .note.GNU-stack, "", %progbits
