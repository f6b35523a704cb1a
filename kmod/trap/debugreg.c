// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's debug registers (EL1, process context; DDI 0487 D2, H9.2).
 *
 * Accesses to them always trap, and their values are in the context. Once the guest has
 * enabled breakpoints and watchpoints (MDSCR_EL1.MDE) and the OS lock is unlocked, EL2
 * loads them into the PE at each entry (HVK_CTX_F_DEBUG). Accesses still trap then, because
 * MDCR_EL2.TDA is one bit for all of these registers (DDI 0487 D17.3.21, TDA; TDOSA and
 * TDRA trap the others):
 *
 *	DBGBVRn, DBGBCRn, DBGWVRn, DBGWCRn_EL1	switched
 *	MDSCR_EL1				switched
 *	MDCCINT_EL1				the host's interrupt enables
 *	MDCCSR_EL0, DBGDTR_EL0, DBGDTRRX_EL0,	the debug channel: one for each PE,
 *	DBGDTRTX_EL0, OSDTRRX_EL1, OSDTRTX_EL1	and an external debugger writes it
 *	OSECCR_EL1				for external debug
 *	DBGCLAIMSET_EL1, DBGCLAIMCLR_EL1	one for each PE, external debugger's too
 *	DBGAUTHSTATUS_EL1			properties of the PE
 *	AArch32, EL0: DBGDSCRint, DBGDTRRXint,	the debug channel
 *	DBGDTRTXint
 *
 * Registers that an external debugger uses too cannot be switched, as it would see the
 * change. If a guest could access them, its values would stay for the next guest and for
 * the host.
 *
 * Invariant: without HVK_CTX_F_DEBUG the MDSCR_EL1 that EL2 loads has MDE = 0, so that the
 * host's own breakpoints never hit in a guest. The value that the guest wrote to MDSCR_EL1
 * is in HVK_SYS_MDSCR_GUEST.
 */
#include <linux/kernel.h>
#include <linux/nospec.h>

#include "base/idreg.h"
#include "core/vcpu.h"
#include "trap/debugreg.h"
#include "trap/sysreg_entry.h"

/* The bits of MDSCR_EL1 that a guest may set; all others are for external debug. */
#define MDSCR_WRITABLE	(HVK_MDSCR_SS | HVK_MDSCR_TDCC | HVK_MDSCR_KDE |	\
			 HVK_MDSCR_MDE)
/* OSLAR_EL1 */
#define OSLAR_OSLK	BIT_ULL(0)

#define NR_DBG		16

/* --- breakpoints and watchpoints ------------------------------------------------- */

enum { DBG_BVR = 4, DBG_BCR, DBG_WVR, DBG_WCR };	/* op2 */

/* Where the context has the value of this breakpoint or watchpoint register. */
static u64 *dbg_slot(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg)
{
	struct hvk_dbg *dbg = &vcpu->ctx->dbg;
	unsigned int n = FIELD_GET(HVK_SYSREG_CRM, reg->enc);

	n = array_index_nospec(n, NR_DBG);
	switch (FIELD_GET(HVK_SYSREG_OP2, reg->enc)) {
	case DBG_BVR:
		return &dbg->bvr[n];
	case DBG_BCR:
		return &dbg->bcr[n];
	case DBG_WVR:
		return &dbg->wvr[n];
	default:
		return &dbg->wcr[n];
	}
}

static bool dbg_implemented(const struct hvk_sysreg *reg)
{
	unsigned int n = FIELD_GET(HVK_SYSREG_CRM, reg->enc);

	if (FIELD_GET(HVK_SYSREG_OP2, reg->enc) <= DBG_BCR)
		return n < hvk_idreg_nr_brps();
	return n < hvk_idreg_nr_wrps();
}

int hvk_dbg_bw_get(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 *val)
{
	*val = *dbg_slot(vcpu, reg);
	return 0;
}

int hvk_dbg_bw_set(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 val)
{
	/* The control registers are BCR and WCR: op2 odd, 32 bits. */
	if (FIELD_GET(HVK_SYSREG_OP2, reg->enc) & 1)
		val = lower_32_bits(val);
	*dbg_slot(vcpu, reg) = val;
	return 0;
}

bool hvk_dbg_bw(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg, bool read,
		u64 *val)
{
	if (!dbg_implemented(reg))
		return false;
	if (read)
		hvk_dbg_bw_get(vcpu, reg, val);
	else
		hvk_dbg_bw_set(vcpu, reg, *val);
	return true;
}

bool hvk_dbg_plain(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val)
{
	if (read)
		*val = vcpu->ctx->sys[reg->sys];
	else
		vcpu->ctx->sys[reg->sys] = lower_32_bits(*val);
	return true;
}

/* --- MDSCR_EL1 and the OS lock -------------------------------------------------------- */

static u64 guest_mdscr(const struct hvk_vcpu *vcpu)
{
	return vcpu->ctx->sys[HVK_SYS_MDSCR_GUEST];
}

/*
 * Sets the guest's MDSCR_EL1. The MDSCR_EL1 that EL2 loads and HVK_CTX_F_DEBUG follow from
 * it and from the OS lock.
 */
static void apply(struct hvk_vcpu *vcpu, u64 mdscr)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;

	mdscr &= MDSCR_WRITABLE;
	ctx->sys[HVK_SYS_MDSCR_GUEST] = mdscr;

	/* While the OS lock is locked, these debug exceptions are disabled (D2.4.1). */
	if (ctx->sys[HVK_SYS_OSLSR_EL1] & HVK_OSLSR_OSLK)
		mdscr &= ~(HVK_MDSCR_MDE | HVK_MDSCR_SS);
	ctx->sys[HVK_SYS_MDSCR_EL1] = mdscr;

	if (mdscr & HVK_MDSCR_MDE)
		ctx->cfg.flags |= HVK_CTX_F_DEBUG;
	else
		ctx->cfg.flags &= ~HVK_CTX_F_DEBUG;
}

int hvk_mdscr_get(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		  u64 *val)
{
	*val = guest_mdscr(vcpu);
	return 0;
}

int hvk_mdscr_set(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		  u64 val)
{
	apply(vcpu, val);
	return 0;
}

bool hvk_dbg_mdscr(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val)
{
	if (read)
		*val = guest_mdscr(vcpu);
	else
		apply(vcpu, *val);
	return true;
}

static void set_os_lock(struct hvk_vcpu *vcpu, bool locked)
{
	u64 mdscr = guest_mdscr(vcpu);

	vcpu->ctx->sys[HVK_SYS_OSLSR_EL1] =
		HVK_OSLSR_OSLM | (locked ? HVK_OSLSR_OSLK : 0);
	apply(vcpu, mdscr);
}

bool hvk_dbg_oslar(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val)
{
	if (read)
		return false;
	set_os_lock(vcpu, *val & OSLAR_OSLK);
	return true;
}

bool hvk_dbg_oslsr(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   bool read, u64 *val)
{
	if (!read)
		return false;
	*val = vcpu->ctx->sys[HVK_SYS_OSLSR_EL1];
	return true;
}

int hvk_oslsr_set(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		  u64 val)
{
	if ((val & ~(u64)HVK_OSLSR_OSLK) != HVK_OSLSR_OSLM)
		return -EINVAL;
	set_os_lock(vcpu, val & HVK_OSLSR_OSLK);
	return 0;
}

void hvk_dbg_reset(struct hvk_vcpu *vcpu)
{
	vcpu->ctx->dbg = (struct hvk_dbg) {};
	apply(vcpu, 0);
}
