/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps of vm.h's guest, position-independent. Each leaves through a store
 * to x2 (DONE_IPA); an exception stores its syndrome 8 bytes further.
 */
	.macro	code_label name
	.globl	\name
	.hidden	\name
\name:
	.endm

	.section .rodata
	.balign 2048
code_label guest_start
	.rept	16		/* VBAR_EL1: every vector the same */
	mrs	x0, esr_el1
	str	x0, [x2, #8]
	b	.
	.balign	128
	.endr

code_label guest_load		/* x1: address */
	ldr	x0, [x1]
	str	x0, [x2]

code_label guest_store		/* x1: address, x0: value */
	str	x0, [x1]
	str	x0, [x2]

code_label guest_load32		/* x1: address */
	ldr	w0, [x1]
	str	x0, [x2]

code_label guest_store32	/* x1: address, x0: value */
	str	w0, [x1]
	str	x0, [x2]

code_label guest_store8		/* x1: address, x0: value */
	strb	w0, [x1]
	str	x0, [x2]

/*
 * Two stores to one page: of the second one it is known already that no memory is there. Each
 * step's last store, to another page, makes that forgotten.
 */
code_label guest_store8_pair	/* x1: address, x0 and x3: values */
	strb	w0, [x1]
	strb	w3, [x1]
	str	x0, [x2]

code_label guest_store32_pair	/* x1: address, x0 and x3: values */
	str	w0, [x1]
	str	w3, [x1]
	str	x0, [x2]

code_label guest_store_zero_pair	/* x1: address */
	str	wzr, [x1]
	str	wzr, [x1]
	str	x0, [x2]

code_label guest_call		/* x1: address */
	blr	x1
	str	x0, [x2]

code_label guest_dc_civac	/* x1: address */
	dc	civac, x1
	str	x0, [x2]

code_label guest_hvc		/* x0 to x3: function, arguments; x4: DONE_IPA */
	hvc	#0
	str	x0, [x4]

code_label guest_churn		/* x1: address, x3: pages, x4: rounds */
	mov	x0, #0		/* values that are neither ours nor 0 */
.Lround:
	mov	x5, x1
	mov	x6, x3
.Lpage:
	str	x5, [x5]
	ldr	x7, [x5]
	cbz	x7, .Lnext
	cmp	x7, x5
	cinc	x0, x0, ne
.Lnext:
	add	x5, x5, #4096
	subs	x6, x6, #1
	b.ne	.Lpage
	subs	x4, x4, #1
	b.ne	.Lround
	str	x0, [x2]

code_label guest_fill		/* x1: address, x3: pages */
	mov	x0, #0
1:	str	x1, [x1]
	add	x1, x1, #4096
	subs	x3, x3, #1
	b.ne	1b
	str	x0, [x2]

code_label guest_verify		/* x1: address, x3: pages, x4: rounds */
	mov	x0, #0		/* words that are not as guest_fill left them */
2:	mov	x5, x1
	mov	x6, x3
3:	ldr	x7, [x5]
	cmp	x7, x5
	cinc	x0, x0, ne
	add	x5, x5, #4096
	subs	x6, x6, #1
	b.ne	3b
	subs	x4, x4, #1
	b.ne	2b
	str	x0, [x2]

code_label guest_watch		/* x1: address, x3: address of the flag */
	ldr	x5, [x3]
	dmb	ish		/* the flag before the memory that it is about */
	ldr	x0, [x1]
	cbz	x5, guest_watch
	str	x0, [x2]
code_label guest_end

	.section .note.GNU-stack, "", %progbits
