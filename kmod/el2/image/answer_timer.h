/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of answer.c that is about the guest's physical timer (EL2, interrupts masked).
 * What answer.c says of its functions holds for these.
 *
 * CNTP_* trap, because the host uses that timer itself. The guest's deadline is given to
 * CNTHP, EL2's own physical timer, which the host does not use: it ends guest mode, and
 * EL1 injects the interrupt (time/vtimer.c).
 */
#ifndef HVK_ANSWER_TIMER_H
#define HVK_ANSWER_TIMER_H

#include "el2_image.h"
#include "host.h"

/* ISS of an access to CNTP_TVAL_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0: all but op2, Rt, direction */
#define ISS_CNTP_MASK		(3UL << 20 | 7UL << 14 | 0xfUL << 10 | 0xfUL << 1)
#define ISS_CNTP		(3UL << 20 | 3UL << 14 | 14UL << 10 | 2UL << 1)
#define CNTP_TVAL		0	/* op2 */
#define CNTP_CTL		1
#define CNTP_CVAL		2
#define ISS_READ		1

/*
 * CNTHP for the guest's deadline, unless its interrupt is pending for the guest already: it
 * would end guest mode at once, again and again. So it would for a deadline that the host's
 * count never reaches, if that wrapped; and one before the host's count began is due.
 */
static inline void arm_physical_timer(const struct hvk_el2_ctx *ctx)
{
	u64 offset = ctx->cfg.cntpoff, at = ctx->sys[HVK_SYS_CNTP_CVAL_EL0] + offset;
	int wraps = at < offset;

	if ((ctx->sys[HVK_SYS_CNTP_CTL_EL0] & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) !=
	    CNT_CTL_ENABLE || ctx->fast.phys_line)
		return;
	if ((long)offset >= 0 && wraps)
		return;
	write_named((long)offset < 0 && !wraps ? 0 : at, DEADLINE_CVAL);
	write_named(CNT_CTL_ENABLE, DEADLINE_CTL);
}

static inline u64 physical_count(const struct hvk_el2_ctx *ctx)
{
	isb();	/* keeps the count from being read early */
	return read_sysreg(cntpct_el0) - ctx->cfg.cntpoff;
}

static inline u64 ptimer_read(const struct hvk_el2_ctx *ctx, u64 reg)
{
	u64 ctl = ctx->sys[HVK_SYS_CNTP_CTL_EL0], cval = ctx->sys[HVK_SYS_CNTP_CVAL_EL0];

	if (reg == CNTP_CVAL)
		return cval;
	if (reg == CNTP_TVAL)
		return (u32)(cval - physical_count(ctx));
	if (ctl & CNT_CTL_ENABLE && physical_count(ctx) >= cval)
		ctl |= CNT_CTL_ISTATUS;
	return ctl;
}

static inline void ptimer_write(struct hvk_el2_ctx *ctx, u64 reg, u64 val)
{
	/* Off first: it may not fire for a deadline that is no more. */
	write_named(0, DEADLINE_CTL);
	if (reg == CNTP_CTL)
		ctx->sys[HVK_SYS_CNTP_CTL_EL0] = val & (CNT_CTL_ENABLE | CNT_CTL_IMASK);
	else if (reg == CNTP_CVAL)
		ctx->sys[HVK_SYS_CNTP_CVAL_EL0] = val;
	else
		ctx->sys[HVK_SYS_CNTP_CVAL_EL0] = physical_count(ctx) + (long)(int)val;
	arm_physical_timer(ctx);
}

/* Whether it was an access to the physical timer. */
static inline int answer_ptimer(struct hvk_el2_ctx *ctx, u64 iss)
{
	u64 reg = iss >> 17 & 7, rt = iss >> 5 & 31;

	if ((iss & ISS_CNTP_MASK) != ISS_CNTP || reg > CNTP_CVAL)
		return 0;
	if (!(iss & ISS_READ)) {
		/* The interrupt that EL1 has injected may be void now: EL1 looks. */
		if (ctx->fast.phys_line)
			return 0;
		ptimer_write(ctx, reg, rt == 31 ? 0 : ctx->x[rt]);
	} else if (rt != 31) {
		ctx->x[rt] = ptimer_read(ctx, reg);
	}
	return 1;
}

#endif /* HVK_ANSWER_TIMER_H */
