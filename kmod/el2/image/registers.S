/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Saving and loading of register files that C cannot index: FP and SIMD, breakpoints
 * and watchpoints. Called from C, with its calling convention.
 */
#define __ASSEMBLY__
#include "macros.S"

	.text

.arch_extension fp
	.arch_extension simd

/* hvk_fp_save, hvk_fp_load: x0 = struct hvk_fp; clobbers x1. CPTR_EL2.TFP is clear. */
func hvk_fp_save
	stp	q0, q1, [x0, #0]
	stp	q2, q3, [x0, #32]
	stp	q4, q5, [x0, #64]
	stp	q6, q7, [x0, #96]
	stp	q8, q9, [x0, #128]
	stp	q10, q11, [x0, #160]
	stp	q12, q13, [x0, #192]
	stp	q14, q15, [x0, #224]
	stp	q16, q17, [x0, #256]
	stp	q18, q19, [x0, #288]
	stp	q20, q21, [x0, #320]
	stp	q22, q23, [x0, #352]
	stp	q24, q25, [x0, #384]
	stp	q26, q27, [x0, #416]
	stp	q28, q29, [x0, #448]
	stp	q30, q31, [x0, #480]
	mrs	x1, fpsr
	str	w1, [x0, #512]
	mrs	x1, fpcr
	str	w1, [x0, #516]
	ret

func hvk_fp_load
	ldp	q0, q1, [x0, #0]
	ldp	q2, q3, [x0, #32]
	ldp	q4, q5, [x0, #64]
	ldp	q6, q7, [x0, #96]
	ldp	q8, q9, [x0, #128]
	ldp	q10, q11, [x0, #160]
	ldp	q12, q13, [x0, #192]
	ldp	q14, q15, [x0, #224]
	ldp	q16, q17, [x0, #256]
	ldp	q18, q19, [x0, #288]
	ldp	q20, q21, [x0, #320]
	ldp	q22, q23, [x0, #352]
	ldp	q24, q25, [x0, #384]
	ldp	q26, q27, [x0, #416]
	ldp	q28, q29, [x0, #448]
	ldp	q30, q31, [x0, #480]
	ldr	w1, [x0, #512]
	msr	fpsr, x1
	ldr	w1, [x0, #516]
	msr	fpcr, x1
	ret

/*
 * Saves or loads one pair of value and control registers, unless \n exceeds \last, the
 * number of the last pair that this PE has. The value is at [\base + 8n], the control at
 * [\base + 128 + 8n]. Clobbers x5, x6.
 */
	.macro	dbg_save kind, base, last, n
	cmp	\last, #\n
	b.lo	1f
	mrs	x5, dbg\kind\()vr\n\()_el1
	mrs	x6, dbg\kind\()cr\n\()_el1
	str	x5, [\base, #8 * \n]
	str	x6, [\base, #128 + 8 * \n]
1:
	.endm

	.macro	dbg_load kind, base, last, n
	cmp	\last, #\n
	b.lo	1f
	ldr	x5, [\base, #8 * \n]
	ldr	x6, [\base, #128 + 8 * \n]
	msr	dbg\kind\()vr\n\()_el1, x5
	msr	dbg\kind\()cr\n\()_el1, x6
1:
	.endm

/*
 * hvk_dbg_switch: x0 = struct hvk_dbg to save this PE's registers to, x1 = struct
 * hvk_dbg to load them from; clobbers x0-x6. ID_AA64DFR0_EL1 has the numbers of
 * registers, minus one: BRPs [15:12], WRPs [23:20].
 */
func hvk_dbg_switch
	mrs	x2, id_aa64dfr0_el1
	ubfx	x3, x2, #12, #4
	ubfx	x4, x2, #20, #4
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	dbg_save b, x0, x3, \n
	dbg_load b, x1, x3, \n
	.endr
	add	x0, x0, #256
	add	x1, x1, #256
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	dbg_save w, x0, x4, \n
	dbg_load w, x1, x4, \n
	.endr
	ret

	.section .note.GNU-stack, "", %progbits
