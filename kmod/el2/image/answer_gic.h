/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of answer.c that are about the interrupt controller (EL2, interrupts masked):
 * SGIs, WFI with an interrupt pending, the virtual timer's interrupt; answer_dist.h has the
 * distributor's other registers. What answer.c says of its functions holds for these.
 *
 * An interrupt goes into a list register that EL1 has named, and only if that is empty: the
 * guest may have had EL2 use it before. EL1 reads back at the next exit what EL2 has
 * written there (irq/direct.c). The list register's contents are ordered as they are in
 * irq/v2.c; GICH and the banked part of GICD are this PE's own.
 */
#ifndef HVK_ANSWER_GIC_H
#define HVK_ANSWER_GIC_H

#include "answer_dist.h"
#include "el2_image.h"
#include "host.h"

/* ISS of a data abort (DDI 0487 D17.2.37) */
#define ISS_ISV			BIT(24)
#define ISS_SAS(iss)		((iss) >> 22 & 3)
#define ISS_SSE			BIT(21)
#define ISS_SRT(iss)		((iss) >> 16 & 31)
#define ISS_FNV			BIT(10)
#define ISS_CM			BIT(8)
#define ISS_S1PTW		BIT(7)
#define ISS_WNR			BIT(6)
#define ISS_FSC_KIND		0x3cUL
#define ISS_FSC_TRANSLATION	0x04UL
/* ISS of a trapped WFI or WFE (D17.2.37): which of the two, or one with a timeout */
#define ISS_WFX_TI		3UL

/* HPFAR_EL2 has bits 51:12 of the IPA from bit 4 on. */
#define HPFAR_PAGE(hpfar)	((hpfar) >> 4 << 12)

#define SCTLR_E0E		BIT(24)
#define SCTLR_EE		BIT(25)
#define SPSR_M_A32		BIT(4)

/* GICD_SGIR (IHI 0048 4.3.15) */
#define SGIR_INTID(v)		((v) & 15)
#define SGIR_TARGETS(v)		((v) >> 16 & 0xff)
#define SGIR_FILTER(v)		((v) >> 24 & 3)
#define SGIR_TO_LIST		0
#define SGIR_TO_OTHERS		1
#define SGIR_TO_SELF		2

/* GICH (IHI 0048 table 5-1, 5.3.8, 5.3.9) */
#define GICH_VMCR		0x008
#define GICH_LR(n)		(0x100 + 4 * (n))
#define GICH_MAX_LR		64
#define VMCR_PRIORITY_MASK(v)	((v) >> 27)
#define VMCR_GROUP0		BIT(0)
#define VMCR_GROUP1		BIT(1)
#define LR_CPUID_SHIFT		10
#define LR_PRIORITY_SHIFT	23
#define LR_PRIORITY(v)		((v) >> LR_PRIORITY_SHIFT & 31)
#define LR_PENDING		BIT(28)
#define LR_STATE		(3UL << 28)
#define LR_GROUP1_SHIFT		30

/* The kernel's IPI_RESCHEDULE: kick_process() sends it, too. */
#define HOST_SGI_RESCHEDULE	0

/* Relaxed atomic accesses: one instruction each, neither split nor repeated nor left out. */
static inline u32 device_read(u64 pa)
{
	return __atomic_load_n((u32 *)pa, __ATOMIC_RELAXED);
}

static inline void device_write(u32 val, u64 pa)
{
	__atomic_store_n((u32 *)pa, val, __ATOMIC_RELAXED);
}

/* Puts an interrupt into a list register, if that is empty. Whether it was. */
static inline __attribute__((__always_inline__)) int
lr_fill(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx, u64 index, u32 lr)
{
	u64 pa = vm->gich + GICH_LR(index % GICH_MAX_LR);

	if (device_read(pa) & LR_STATE)
		return 0;
	device_write(lr, pa);
	ctx->fast.lrs |= 1U << index % 32;
	return 1;
}

static inline int send_to_self(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx,
			       u64 intid)
{
	u64 self = ctx->fast.self & 7;
	u32 priority, group;

	if (!(ctx->fast.sgi_free >> intid & 1))
		return 0;
	priority = ctx->fast.gicd[HVK_GICD_PRIORITY + (intid >> 2)] >> 8 * (intid & 3) & 0xff;
	group = ctx->fast.gicd[HVK_GICD_GROUP] >> intid & 1;
	if (!lr_fill(vm, ctx, ctx->fast.sgi_index >> 4 * intid & 15,
		     LR_PENDING | intid | self << LR_CPUID_SHIFT |
		     priority >> 3 << LR_PRIORITY_SHIFT | group << LR_GROUP1_SHIFT))
		return 0;
	dsb(sy);	/* the list register is written before the guest goes on */
	return 1;
}

/*
 * An SGI to other vCPUs. It is noted in each one's context; those that are in the guest are
 * interrupted by a physical SGI, the host's number 0, which asks a CPU to look for work and
 * finds none. Whether that is all, or EL1 has to wake some (ctx->fast.wake).
 *
 * The note comes before the look at shared.state, with a full barrier in between: either the
 * other vCPU, which writes its state before it looks for notes, sees this one, or its new
 * state is seen here.
 */
static inline int send_to_others(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx,
				 u32 intid, u32 targets)
{
	u32 interfaces = 0, wake = 0, i;

	for (i = 0; i < HVK_FAST_VCPUS; i++)
		if (targets >> i & 1)
			__atomic_fetch_or(&((struct hvk_el2_ctx *)vm->vcpu[i])->shared.sgi[intid],
					  1 << (ctx->fast.self & 7), __ATOMIC_RELAXED);
	dsb(ish);	/* also: the notes are visible before a physical SGI makes anybody look */
	for (i = 0; i < HVK_FAST_VCPUS; i++) {
		const struct hvk_el2_ctx *other = (const struct hvk_el2_ctx *)vm->vcpu[i];
		u32 state;

		if (!(targets >> i & 1))
			continue;
		/* Acquire: the interface is that of this stay in the guest, or a later one's. */
		state = __atomic_load_n(&other->shared.state, __ATOMIC_ACQUIRE);
		if (state == HVK_VCPU_IN_GUEST)
			interfaces |= other->shared.interface;
		else if (state == HVK_VCPU_SLEEPS)
			wake |= 1U << i;
	}
	if (interfaces)
		device_write((interfaces & 0xff) << 16 | HOST_SGI_RESCHEDULE,
			     vm->gicd + GICD_SGIR);
	ctx->fast.wake = wake;
	return wake ? ANSWER_KICK : ANSWER_DONE;
}

/* What was done of a write to GICD_SGIR: ANSWER_*. */
static inline int write_sgir(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx, u32 val)
{
	u32 self = 1U << (ctx->fast.self & 7), targets;

	if (SGIR_FILTER(val) == SGIR_TO_LIST)
		targets = SGIR_TARGETS(val) & ((1U << vm->nr_vcpus) - 1);
	else if (SGIR_FILTER(val) == SGIR_TO_OTHERS)
		targets = ((1U << vm->nr_vcpus) - 1) & ~self;
	else if (SGIR_FILTER(val) == SGIR_TO_SELF)
		targets = self;
	else
		return ANSWER_NONE;
	if (targets == self)
		return send_to_self(vm, ctx, SGIR_INTID(val));
	return targets & self || !targets ? ANSWER_NONE :
	       send_to_others(vm, ctx, SGIR_INTID(val), targets);
}

/* ANSWER_* */
static inline int answer_abort(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx,
			       u64 iss)
{
	u64 offset, rt = ISS_SRT(iss);
	u32 val;

	if ((iss & (ISS_ISV | ISS_SSE | ISS_FNV | ISS_CM | ISS_S1PTW | ISS_FSC_KIND)) !=
	    (ISS_ISV | ISS_FSC_TRANSLATION))
		return 0;
	if (HPFAR_PAGE(read_sysreg(hpfar_el2)) != vm->dist)
		return 0;
	/* EL1 swaps the bytes of a big-endian guest, at either Exception level. */
	if (read_named(EL1_SCTLR) & (SCTLR_EE | SCTLR_E0E) ||
	    read_sysreg(spsr_el2) & SPSR_M_A32)
		return 0;
	offset = read_sysreg(far_el2) & (GICD_SIZE - 1);
	if (iss & ISS_WNR && offset == GICD_SGIR)
		return ISS_SAS(iss) == ISS_SAS_WORD ?
		       write_sgir(vm, ctx, rt == 31 ? 0 : ctx->x[rt]) : ANSWER_NONE;
	if (iss & ISS_WNR)
		return dist_write(vm, ctx, offset, ISS_SAS(iss), rt == 31 ? 0 : ctx->x[rt]);
	if (!dist_read(vm, ctx, offset, ISS_SAS(iss), &val))
		return ANSWER_NONE;
	if (rt != 31)
		ctx->x[rt] = val;
	return ANSWER_DONE;
}

/* Whether the instruction is a WFI, and need not wait: an interrupt is pending for the guest. */
static inline int answer_wfi(const struct hvk_el2_vm *vm, const struct hvk_el2_ctx *ctx,
			     u64 iss)
{
	u64 vmcr, i;

	/* In AArch32 it may be conditional. */
	if (iss & ISS_WFX_TI || read_sysreg(spsr_el2) & SPSR_M_A32 || !ctx->fast.nr_lr)
		return 0;
	vmcr = device_read(vm->gich + GICH_VMCR);
	for (i = 0; i < ctx->fast.nr_lr; i++) {
		u64 lr = device_read(vm->gich + GICH_LR(i % GICH_MAX_LR));

		if ((lr & LR_STATE) == LR_PENDING &&
		    LR_PRIORITY(lr) < VMCR_PRIORITY_MASK(vmcr) &&
		    vmcr & (lr >> LR_GROUP1_SHIFT & 1 ? VMCR_GROUP1 : VMCR_GROUP0))
			return 1;
	}
	return 0;
}

/*
 * Whether the interrupt that ended guest mode is that of the guest's virtual timer, and has
 * gone into its list register. The physical one becomes active, so that it does not end
 * guest mode again; the guest's deactivation of the virtual one deactivates it
 * (GICH_LR.HW). If there are other interrupts, they end guest mode next.
 */
static inline int fire_timer(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx)
{
	if ((read_named(EL1_CNTV_CTL) & (CNT_CTL_ENABLE | CNT_CTL_IMASK | CNT_CTL_ISTATUS)) !=
	    (CNT_CTL_ENABLE | CNT_CTL_ISTATUS))
		return 0;
	if (!lr_fill(vm, ctx, ctx->fast.timer_index, ctx->fast.timer_lr))
		return 0;
	device_write(vm->timer_ppi, vm->gicd + GICD_ISACTIVER0);
	/*
	 * Both are written before the guest goes on: else the interrupt could end guest
	 * mode again.
	 */
	dsb(sy);
	return 1;
}

#endif /* HVK_ANSWER_GIC_H */
