/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of answer.c that is about the distributor's registers (EL2, interrupts masked).
 * What answer.c says of its functions holds for these.
 *
 * Reads are answered from the image. Writes are carried out there, if all interrupts that
 * they are about are quiet; kmod/irq/image.h says what that is, and how EL1 and EL2 change the
 * same words. EL1 does all others, and those that change what has copies (groups,
 * configuration) or concerns all interrupts (GICD_CTLR).
 */
#ifndef HVK_ANSWER_DIST_H
#define HVK_ANSWER_DIST_H

#include "el2_image.h"

/* ISS of a data abort: SAS (DDI 0487 D17.2.37) */
#define ISS_SAS_BYTE		0
#define ISS_SAS_WORD		2

/* GICD (IHI 0048 table 4-1) */
#define GICD_IGROUPR0		0x080
#define GICD_ISENABLER0		0x100
#define GICD_ICENABLER0		0x180
#define GICD_ISPENDR0		0x200	/* up to IPRIORITYR: pending and active state */
#define GICD_ICPENDR0		0x280
#define GICD_ISACTIVER0		0x300
#define GICD_ICACTIVER0		0x380
#define GICD_IPRIORITYR		0x400
#define GICD_ITARGETSR		0x800
#define GICD_ICFGR		0xc00
#define GICD_SGIR		0xf00	/* up to SGI_END: what sends and clears SGIs */
#define GICD_SGI_END		0xf30
#define GICD_SIZE		0x1000
/* Of the arrays with a bit for each interrupt: which one, and the word in it */
#define GICD_BITS_ARRAY(offset)	((offset) & ~0x7fUL)
#define GICD_BITS_WORD(offset)	((offset) >> 2 & 31)
/* Of those with a byte: the interrupt */
#define GICD_BYTES_INTID(offset) ((offset) & 0x3ff)

#define PRIORITY_BITS		0xf8f8f8f8	/* five of each are implemented */

/* The word of ctx->fast.gicd[] that is at this offset of GICD, or -1: it is not banked. */
static inline int private_word(u64 offset)
{
	u64 word = offset >> 2;

	if (word - (GICD_IPRIORITYR >> 2) < 8)
		return HVK_GICD_PRIORITY + (word & 7);
	if (word - (GICD_ITARGETSR >> 2) < 8)
		return HVK_GICD_TARGETS + (word & 7);
	if (word == GICD_ISENABLER0 >> 2 || word == GICD_ICENABLER0 >> 2)
		return HVK_GICD_ENABLE;
	if (word - (GICD_ICFGR >> 2) < 2)
		return HVK_GICD_CONFIG + (word & 1);
	return word == GICD_IGROUPR0 >> 2 ? HVK_GICD_GROUP : -1;
}

/*
 * Where the image has an array of registers: from word `private` of ctx->fast.gicd[] on if
 * it is the vCPU's own part of it, else the VM's page from offset on.
 */
static inline __attribute__((__always_inline__)) u32 *
dist_array(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx, int own, int private,
	   u64 offset)
{
	return own ? &ctx->fast.gicd[private] : (u32 *)vm->dist_image + (offset >> 2);
}

/* Whether there are accesses of this size at this offset. */
static inline __attribute__((__always_inline__)) int dist_has_size(u64 offset, u64 sas)
{
	if (sas == ISS_SAS_BYTE)
		return offset - GICD_IPRIORITYR < GICD_ICFGR - GICD_IPRIORITYR;
	return sas == ISS_SAS_WORD && !(offset & 3);
}

static inline __attribute__((__always_inline__)) u32 dist_load(const u32 *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

/* Whether the value of a read was put into *val. */
static inline int dist_read(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx,
			    u64 offset, u64 sas, u32 *val)
{
	int word = private_word(offset);

	/* What is in list registers counts as well, of this vCPU and of others: EL1 knows. */
	if (offset - GICD_ISPENDR0 < GICD_IPRIORITYR - GICD_ISPENDR0 ||
	    offset - GICD_SGIR < GICD_SGI_END - GICD_SGIR || !dist_has_size(offset, sas))
		return 0;
	/* Both tell which interrupts are enabled. */
	if (GICD_BITS_ARRAY(offset) == GICD_ICENABLER0)
		offset -= GICD_ICENABLER0 - GICD_ISENABLER0;
	*val = dist_load(dist_array(vm, ctx, word >= 0, word, offset));
	if (sas == ISS_SAS_BYTE)
		*val = *val >> 8 * (offset & 3) & 0xff;
	return 1;
}

/*
 * After a change of registers of INTIDs 32 * n + i, for all i of which `which` has the bit.
 * Those that are busy by now are EL1's, which moves them to where they belong.
 */
static inline __attribute__((__always_inline__)) int
dist_changed(struct hvk_el2_ctx *ctx, const u32 *busy, u64 n, u32 which)
{
	/* The change comes before the look; pairs with hvk_irq_set_busy(). */
	dmb(ish);
	which &= dist_load(busy);
	if (!which)
		return ANSWER_DONE;
	ctx->fast.recheck_from = 32 * n;
	ctx->fast.recheck = which;
	return ANSWER_KICK;
}

/* A write to an array that has a bit for each interrupt: what was done, ANSWER_*. */
static inline int write_bits(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx, u64 offset,
			     u32 val)
{
	u64 array = GICD_BITS_ARRAY(offset), n = GICD_BITS_WORD(offset);
	u32 *busy = dist_array(vm, ctx, !n, HVK_GICD_BUSY, HVK_IMAGE_BUSY) + n;

	if (32 * n >= vm->nr_intids)
		return ANSWER_NONE;
	if (array == GICD_ISENABLER0 || array == GICD_ICENABLER0) {
		u32 *word = dist_array(vm, ctx, !n, HVK_GICD_ENABLE, GICD_ISENABLER0) + n;
		u32 now = dist_load(word);

		/* What changes nothing is done, whatever the interrupts' state. */
		if (!(val & (array == GICD_ISENABLER0 ? ~now : now)))
			return ANSWER_DONE;
		if (dist_load(busy) & val)
			return ANSWER_NONE;
		if (array == GICD_ISENABLER0)
			__atomic_fetch_or(word, val, __ATOMIC_RELAXED);
		else
			__atomic_fetch_and(word, ~val, __ATOMIC_RELAXED);
		return dist_changed(ctx, busy, n, val);
	}
	/* A quiet interrupt is neither pending nor active. */
	if (array == GICD_ICPENDR0 || array == GICD_ICACTIVER0)
		return dist_load(busy) & val ? ANSWER_NONE : ANSWER_DONE;
	return ANSWER_NONE;
}

/* The same for one that has a byte for each: GICD_IPRIORITYR, GICD_ITARGETSR. */
static inline int write_bytes(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx, u64 offset,
			      u64 sas, u32 val)
{
	u64 intid = GICD_BYTES_INTID(offset), n = intid >> 5;
	u32 *busy = dist_array(vm, ctx, !n, HVK_GICD_BUSY, HVK_IMAGE_BUSY) + n, *word;
	/* The interrupts, as bits of the word busy; and the bytes, as a mask. */
	u32 which = (sas == ISS_SAS_BYTE ? 1U : 15U) << (intid & 31);
	u32 bytes = sas == ISS_SAS_BYTE ? 0xff : ~0U, shift = 8 * (offset & 3), empty;

	if (intid >= vm->nr_intids)
		return ANSWER_NONE;
	word = dist_array(vm, ctx, !n, HVK_GICD_PRIORITY, GICD_IPRIORITYR) + (intid >> 2);
	if (offset < GICD_ITARGETSR) {
		val &= PRIORITY_BITS;
	} else {
		word += (GICD_ITARGETSR - GICD_IPRIORITYR) >> 2;
		/* Those of private interrupts are read-only. */
		if (!n)
			return ANSWER_DONE;
		val &= ((1U << vm->nr_vcpus) - 1) * 0x01010101U;
		/* No target may be one: an SPI that was never given any goes to vCPU 0. */
		empty = val | ~bytes;
		if ((empty - 0x01010101) & ~empty & 0x80808080)
			return ANSWER_NONE;
	}
	val &= bytes;
	if ((dist_load(word) >> shift & bytes) == val)
		return ANSWER_DONE;
	if (dist_load(busy) & which)
		return ANSWER_NONE;
	if (sas == ISS_SAS_BYTE)
		__atomic_store_n((u8 *)word + (offset & 3), val, __ATOMIC_RELAXED);
	else
		__atomic_store_n(word, val, __ATOMIC_RELAXED);
	return dist_changed(ctx, busy, n, which);
}

/* A write to any register but GICD_SGIR: ANSWER_*. */
static inline int dist_write(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx, u64 offset,
			     u64 sas, u32 val)
{
	if (!dist_has_size(offset, sas))
		return ANSWER_NONE;
	if (offset - GICD_ISENABLER0 < GICD_IPRIORITYR - GICD_ISENABLER0)
		return write_bits(vm, ctx, offset, val);
	if (offset - GICD_IPRIORITYR < GICD_ICFGR - GICD_IPRIORITYR)
		return write_bytes(vm, ctx, offset, sas, val);
	return ANSWER_NONE;
}

#endif /* HVK_ANSWER_DIST_H */
