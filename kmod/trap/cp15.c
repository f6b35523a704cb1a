// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coprocessor accesses of a guest whose EL0 is in AArch32 (EL1, process context). The
 * guest's EL1 is in AArch64 and decides what its EL0 may access. Of that, the physical
 * timer and count (CP15 c14) and the debug communications channel (CP14) trap to EL2.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "base/esr.h"
#include "core/vcpu.h"
#include "trap/cp15.h"
#include "trap/inject.h"
#include "trap/sysreg.h"

/* CNTP_TVAL, CNTP_CTL and CNTP_CVAL by their AArch64 encodings (DDI 0487 G8.7) */
#define CNTP_TVAL	HVK_SYSREG(3, 3, 14, 2, 0)
#define CNTP_CTL	HVK_SYSREG(3, 3, 14, 2, 1)
#define CNTP_CVAL	HVK_SYSREG(3, 3, 14, 2, 2)

#define CNTPCT		HVK_SYSREG(3, 3, 14, 0, 1)

/* MCRR and MRRC of CNTP_CVAL and CNTPCT: CRm 14, and opc1 */
#define TIMER_CRM	14
#define CVAL_OPC1	2
#define PCT_OPC1	0

/* N, Z, C and V of a saved PSTATE */
#define PSTATE_FLAGS	GENMASK_ULL(31, 28)
/* The first register number that stands for them instead of for R0 to R14 */
#define RT_FLAGS	15

/* An MCR or MRC; enc has its operands packed as HVK_SYSREG() does, with op0 = 3. */
struct mcr {
	u32 enc;
	unsigned int rt;
	bool read;
};

static struct mcr decode(u64 esr)
{
	return (struct mcr) {
		.enc = HVK_SYSREG(3, (u32)FIELD_GET(HVK_ISS_CP_OP1, esr),
				  (u32)FIELD_GET(HVK_ISS_CP_CRN, esr),
				  (u32)FIELD_GET(HVK_ISS_SYS_CRM, esr),
				  (u32)FIELD_GET(HVK_ISS_CP_OP2, esr)),
		.rt = FIELD_GET(HVK_ISS_SYS_RT, esr),
		.read = esr & HVK_ISS_SYS_READ,
	};
}

static int skip(struct hvk_vcpu *vcpu)
{
	hvk_skip_insn(vcpu);
	return 1;
}

/*
 * Loads what an MRC has read. With Rt = 15 it loads the flags from bits [31:28] (DDI 0487
 * F5.1, MRC), for which the syndrome has 31 (the ISS of an MCR or MRC access); QEMU's has 15.
 */
static void load(struct hvk_vcpu *vcpu, unsigned int rt, u64 val)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;

	if (rt < RT_FLAGS)
		hvk_set_x(vcpu, rt, lower_32_bits(val));
	else
		ctx->pstate = (ctx->pstate & ~PSTATE_FLAGS) | (val & PSTATE_FLAGS);
}

int hvk_a32_undef(struct hvk_vcpu *vcpu)
{
	if (!hvk_cond_passes(vcpu))
		return skip(vcpu);
	hvk_inject_undef(vcpu);
	return 1;
}

int hvk_cp15_trap(struct hvk_vcpu *vcpu)
{
	struct mcr mcr = decode(vcpu->ctx->exit.esr);
	u64 val = 0;
	u32 enc;

	if (!hvk_cond_passes(vcpu))
		return skip(vcpu);

	if (mcr.enc == HVK_SYSREG(3, 0, 14, 2, 0))
		enc = CNTP_TVAL;
	else if (mcr.enc == HVK_SYSREG(3, 0, 14, 2, 1))
		enc = CNTP_CTL;
	else
		return hvk_sysreg_undef(vcpu, mcr.enc, mcr.read);

	if (!mcr.read)
		val = lower_32_bits(hvk_get_x(vcpu, mcr.rt));
	if (!hvk_sysreg_access(vcpu, enc, mcr.read, &val))
		return hvk_sysreg_undef(vcpu, enc, mcr.read);
	if (mcr.read)
		load(vcpu, mcr.rt, val);
	return skip(vcpu);
}

int hvk_cp15_64_trap(struct hvk_vcpu *vcpu)
{
	u64 esr = vcpu->ctx->exit.esr;
	bool read = esr & HVK_ISS_SYS_READ;
	unsigned int rt = FIELD_GET(HVK_ISS_SYS_RT, esr);
	unsigned int rt2 = FIELD_GET(HVK_ISS_CP64_RT2, esr);
	unsigned int op1 = FIELD_GET(HVK_ISS_CP64_OP1, esr);
	u32 enc = op1 == CVAL_OPC1 ? CNTP_CVAL : CNTPCT;
	u64 val = 0;

	if (!hvk_cond_passes(vcpu))
		return skip(vcpu);
	if (FIELD_GET(HVK_ISS_SYS_CRM, esr) != TIMER_CRM ||
	    (op1 != CVAL_OPC1 && op1 != PCT_OPC1))
		return hvk_a32_undef(vcpu);

	if (!read)
		val = lower_32_bits(hvk_get_x(vcpu, rt)) |
		      hvk_get_x(vcpu, rt2) << 32;
	if (!hvk_sysreg_access(vcpu, enc, read, &val))
		return hvk_sysreg_undef(vcpu, enc, read);
	if (read) {
		hvk_set_x(vcpu, rt, lower_32_bits(val));
		hvk_set_x(vcpu, rt2, upper_32_bits(val));
	}
	return skip(vcpu);
}

/*
 * DBGDSCRint (opc1 0, c0, c1, 0) and DBGDTRRXint, DBGDTRTXint (opc1 0, c0, c5, 0): the
 * debug channel is always empty and drops what is written. All other CP14 registers are
 * not accessible at EL0.
 */
int hvk_cp14_trap(struct hvk_vcpu *vcpu)
{
	struct mcr mcr = decode(vcpu->ctx->exit.esr);
	bool status = mcr.enc == HVK_SYSREG(3, 0, 0, 1, 0);
	bool data = mcr.enc == HVK_SYSREG(3, 0, 0, 5, 0);

	if (!hvk_cond_passes(vcpu))
		return skip(vcpu);
	if (!data && !(status && mcr.read))
		return hvk_a32_undef(vcpu);
	if (mcr.read)
		load(vcpu, mcr.rt, 0);
	return skip(vcpu);
}
