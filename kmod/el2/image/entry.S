/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways into and out of EL2: the take, the vectors while the host runs,
 * the vectors while a guest runs, and the end.
 *
 * Registers: the host's call may clobber x0-x17 (the kernel's own contract
 * for its stub). TPIDR_EL2 holds the PA of this PE's struct hvk_el2_cpu from
 * take to release; that is page-aligned, and what is below are marks of a
 * fault (el2_fault). SP_EL2 is the top of the PE's stack while the host runs;
 * while a guest runs the host's x18-x30 lie on it.
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
#define FAULT_VECTOR_SHIFT 2		/* 10 bits */

	/*
	 * To el2_fault, without a touch of memory: the stack may be what is
	 * gone. x0 waits in TPIDRRO_EL0, which the kernel has for scratch.
	 */
	.macro	to_fault nr
	msr	tpidrro_el0, x0
	mrs	x0, tpidr_el2
	tbnz	x0, #0, fault_again
	add	x0, x0, #((\nr) << FAULT_VECTOR_SHIFT | FAULT_FIRST)
	msr	tpidr_el2, x0
	b	el2_fault
	.endm

	/* Nothing may be speculated past an ERET (Spectre, SMCCC TN). */
	.macro	eret_sb
	eret
	dsb	nsh
	isb
	.endm

	.macro	answer value
	mov	x0, #(\value & 0xffff)
	movk	x0, #(\value >> 16), lsl #16
	.endm

	.macro	swap_field reg, field, tmp
	ldr	\tmp, [x17, #\field]
	msr	\reg, \tmp
	.endm

	/*
	 * How far this PE has come, for another one that waits for it; x17 =
	 * struct hvk_el2_cpu, clobbers x7. The line goes out of every cache to
	 * memory at once: a store with the MMU off must find no dirty line that
	 * would be written over it later, nor leave a stale one to be read.
	 */
	.macro	crumb stage
	mov	x7, #\stage
	str	x7, [x17, #CPU_CRUMB]
	add	x7, x17, #CPU_CRUMB
	dc	civac, x7
	dsb	sy			/* there before the next step is tried */
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
 * What was there is stored only once the MMU is on: a store with the MMU off
 * could be hidden behind a clean line that EL1 has speculatively fetched.
 */
func hvk_el2_take
	mov	x17, x0
	/*
	 * Vectors, stack and structure first: a fault from here on is reported
	 * (el2_fault), with the MMU off as with it on, for VA = PA and the image
	 * is clean to the PoC. The stub's vectors would be a silent loop, and
	 * are not even mapped by our tables. One kind of fault nobody at EL2 can
	 * report: if the MMU is on and cannot fetch this code, it cannot fetch
	 * the vectors either. Then the breadcrumb tells.
	 */
	mrs	x8, vbar_el2
	mrs	x9, tpidr_el2
	ldr	x7, [x17, #CPU_STACK_TOP]
	mov	sp, x7
	msr	tpidr_el2, x17
	swap_field vbar_el2, CPU_VBAR_HOST, x7
	isb				/* our vectors, before what may fault */
	crumb	HVK_CRUMB_TAKE
	mrs	x3, sctlr_el2
	mrs	x4, tcr_el2
	mrs	x5, mair_el2
	mrs	x6, ttbr0_el2
	swap_field ttbr0_el2, CPU_TTBR0, x7
	swap_field tcr_el2, CPU_TCR, x7
	swap_field mair_el2, CPU_MAIR, x7
	isb				/* TCR, MAIR, TTBR0 before the TLBI */
	tlbi	alle2			/* KVM's entries of before */
	dsb	nsh			/* TLBI complete on this PE */
	ic	iallu			/* no line of what these pages held before */
	dsb	nsh			/* and that, before the MMU goes on */
	isb
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

	/*
	 * While EL2 was not ours, an invalidation may have passed this PE by:
	 * nothing of any guest may survive.
	 */
	tlbi	alle1
	dsb	nsh			/* TLBI complete before any guest */
	crumb	HVK_CRUMB_TAKEN
	msr	elr_el2, x1
	msr	spsr_el2, x2
	answer	HVK_EL2_ANSWER
	eret_sb

/*
 * bounce: reached like the take, and back at once: nothing of EL2 changes but
 * ELR_EL2 and SPSR_EL2. In and out as the take; clobbers x7, x17.
 */
func hvk_el2_bounce
	mov	x17, x0
	crumb	HVK_CRUMB_BOUNCE
	msr	elr_el2, x1
	msr	spsr_el2, x2
	answer	HVK_EL2_ANSWER
	eret_sb

/*
 * put_back: everything as the take found it, MMU off at the end. Our vectors
 * stay until nothing is left that could fault: the owner's are not mapped by
 * our tables.
 *   in: x17 = struct hvk_el2_cpu; clobbers x5-x16; preserves x0-x4.
 */
func put_back
	tlbi	alle1			/* EL1's and every VMID's entries */
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
	isb				/* all of it before translation changes */
	msr	sctlr_el2, x13
	isb				/* MMU off; VA = PA, so the next line is there */
	crumb	HVK_CRUMB_MMU_OFF
	msr	ttbr0_el2, x10
	msr	tcr_el2, x11
	msr	mair_el2, x12
	msr	tpidr_el2, x15
	msr	vbar_el2, x14
	isb
	tlbi	alle2			/* our own entries */
	dsb	nsh			/* complete before EL2 has a new owner */
	isb
	ret

/*
 * The host's calls. sp is the top of the stack; x16 and x17 are on it.
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

	/* TLB calls: C clobbers x0-x18, and keeps x19-x30 but for lr. */
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
 * Somebody else's call. KVM's are answered so that it takes EL2 for gone:
 * x0 = 0, x1 = HVC_STUB_ERR. Bit 16 is SMCCC's hint. KVM
 * calls only while it believes that it is installed here.
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
 * The stub's calls: only SOFT_RESTART is obeyed, for kexec and crash. By
 * RESET_VECTORS KVM gives EL2 up.
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
1:	bl	put_back		/* lr: nobody returns to it */
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
 * RUN: x1 = PA of the context. The host's x18-x30 stay on this stack until
 * the guest has left.
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
guest_enter:
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
 * A guest left. On the stack: its x0, x1; x1 = HVK_EXIT_SYNC, _IRQ, _SERROR.
 */
guest_exit:
	mrs	x0, tpidr_el2
	ldr	x0, [x0, #CPU_CTX]
	save_x2_x30 x0, CTX_X
	mov	x19, x0			/* ctx */
	mov	x20, x1			/* kind */
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0, #CTX_X]
	mrs	x21, tpidr_el2		/* cpu */

	/*
	 * Branch predictors that the guest trained must not serve EL2 or the
	 * host (Spectre v2 and BHB). Up to here there was no indirect branch.
	 * SMC only if the module found firmware that takes it: under
	 * SCR_EL3.SMD it would be UNDEFINED.
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
	 * Without the RAS extension, an asynchronous abort that the guest
	 * caused is known only once its accesses are complete (DSB), and must
	 * be taken here, else it hits the host (DDI 0487 D1.12.4). The DSB is
	 * also the end of walks that the guest started: load_host_el1() changes
	 * the registers that they use (D8.1.5, R_LFHQG).
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
	b.eq	guest_enter
	b	run_done

/*
 * SError at EL2. In the window above it is the guest's: note it in `kind`
 * (x20) and go on. Anywhere else it is fatal.
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
 * EL2 itself failed; come here by to_fault, every register but x0 as it was.
 * The registers go to the PE's structure, the host is put back under us, and
 * EL1 reports (hvk_el2_panic), on a stack that starts anew: if this was an
 * overflow, there is no other.
 *
 * Up to the first store nothing here can fault. From there on it may, if EL2's
 * tables lack the structure: then fault_again reports. What it needs to know
 * of this first fault is in registers of EL1 that hold nothing at this time:
 * the host made a call, or they are the guest's.
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

/* Back to EL1, to report; x19 = struct hvk_el2_cpu. */
fault_to_el1:
	msr	tpidr_el2, x19		/* without marks: a crash kernel calls us */
	mov	x2, #0x3c5		/* EL1h, D A I F masked */
	msr	spsr_el2, x2
	ldr	x2, [x19, #CPU_PANIC_PC]
	msr	elr_el2, x2
	ldr	x0, [x19, #CPU_PANIC_ARG]
	eret_sb

/*
 * What is known of a fault either way, the breadcrumb, and a fresh stack.
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
	dsb	sy			/* seen, should the rest fail as well */
	ldr	x2, [x19, #CPU_STACK_TOP]
	mov	sp, x2
	mov	x0, x19
	ret

/*
 * EL2 faulted while it noted a fault: memory is not there as the tables have
 * it. Once more without them, the MMU off: VA = PA either way. x0 = TPIDR_EL2;
 * the registers of the first fault are lost. A third fault has nowhere to go:
 * the PE stops, and what it left in memory is for the others to read.
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
	 * Stack and structure out of the caches: what is read below is what was
	 * written last, and no dirty line is written over what is stored. A step
	 * of 16 bytes meets every line that the architecture allows.
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
	vec_guest HVK_EXIT_IRQ		/* FIQ: EL1's, as an interrupt */
	vec_guest HVK_EXIT_SERROR
	vec_guest HVK_EXIT_SYNC		/* lower, AArch32 */
	vec_guest HVK_EXIT_IRQ
	vec_guest HVK_EXIT_IRQ
	vec_guest HVK_EXIT_SERROR

	.section .note.GNU-stack, "", %progbits
