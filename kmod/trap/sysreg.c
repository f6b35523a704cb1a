// SPDX-License-Identifier: GPL-2.0-only
/*
 * System registers that trap or that ONE_REG reaches: the table, its look-up, and the
 * handlers of all but debug registers (EL1, process context; the vCPU is not in the guest).
 */
#include <linux/irqflags.h>
#include <linux/kernel.h>

#include <asm/barrier.h>
#include <asm/kvm_arm.h>
#include <asm/sysreg.h>

#include "base/esr.h"
#include "base/idreg.h"
#include "core/unfinished.h"
#include "core/regs.h"
#include "time/counter.h"
#include "time/vtimer.h"
#include "trap/debugreg.h"
#include "trap/idvm.h"
#include "trap/inject.h"
#include "trap/sysreg.h"
#include "trap/sysreg_entry.h"

/* MPIDR_EL1 */
#define MPIDR_RES1	BIT_ULL(31)
#define MPIDR_AFF0	GENMASK_ULL(7, 0)
#define MPIDR_AFF1	GENMASK_ULL(15, 8)
#define MPIDR_AFF2	GENMASK_ULL(23, 16)

/* CLIDR_EL1.Ctype, three bits for each level (DDI 0487 D17.2.27) */
#define CTYPE_BITS	3
#define CTYPE_INSTR	1	/* bit 0: instruction cache */
#define CTYPE_DATA	2	/* bit 1: data cache */
#define CTYPE_UNIFIED	4

/* --- caches --------------------------------------------------------------------------- */

/*
 * DC ISW, CSW and CISW act on one PE's caches. The vCPU may be on another PE by the next
 * instruction, and a system cache may have lines that they do not reach. So all of the VM's
 * memory is cleaned and invalidated instead, at the first of these instructions. The guest
 * is expected to turn its caches on or off next: from here on its writes to SCTLR_EL1 trap
 * (TVM), and memory is cleaned again when they change that. The work is done in steps
 * before the guest goes on: unfinished.c.
 */
static bool hvk_sys_set_way(struct hvk_vcpu *vcpu,
			    const struct hvk_sysreg *reg, bool read, u64 *val)
{
	if (read)
		return false;
	if (!(vcpu->ctx->cfg.hcr & HCR_TVM)) {
		hvk_unfinished_begin(&vcpu->unfinished, HVK_UNFINISHED_CLEAN);
		vcpu->ctx->cfg.hcr |= HCR_TVM;
	}
	return true;
}

/*
 * The registers of HCR_EL2.TVM trap from reset until MMU and caches are on. While they are
 * off, the guest's accesses bypass the caches, which the VMM's accesses use. So memory is
 * cleaned and invalidated whenever the guest turns them on or off.
 */
static bool hvk_sys_vm(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		       bool read, u64 *val)
{
	bool was_on = hvk_guest_caches_on(vcpu);

	hvk_regs_sync(vcpu);
	if (read) {
		*val = vcpu->ctx->sys[reg->sys];
		return true;
	}
	vcpu->ctx->sys[reg->sys] = *val;
	if (hvk_guest_caches_on(vcpu) != was_on)
		hvk_unfinished_begin(&vcpu->unfinished, HVK_UNFINISHED_CLEAN);
	if (hvk_guest_caches_on(vcpu))
		vcpu->ctx->cfg.hcr &= ~HCR_TVM;
	return true;
}

u32 hvk_ccsidr(u32 csselr)
{
	u64 clidr = read_sysreg(clidr_el1);
	unsigned int level = csselr >> 1, ctype;
	bool instr = csselr & 1;
	unsigned long flags;
	u64 ccsidr, saved;

	if (level > 6)
		return 0;
	ctype = clidr >> (level * CTYPE_BITS) & 7;
	if (instr ? !(ctype & CTYPE_INSTR) :
		    !(ctype & (CTYPE_DATA | CTYPE_UNIFIED)))
		return 0;

	/* CSSELR_EL1 belongs to the kernel on this PE: save it, restore it, no interrupts. */
	local_irq_save(flags);
	saved = read_sysreg(csselr_el1);
	write_sysreg(csselr, csselr_el1);
	isb();	/* the new selection takes effect before CCSIDR_EL1 is read */
	ccsidr = read_sysreg(ccsidr_el1);
	write_sysreg(saved, csselr_el1);
	isb();	/* the old selection takes effect before interrupts are on */
	local_irq_restore(flags);
	return ccsidr;
}

/* --- single registers ---------------------------------------------------------------- */

static bool hvk_sys_raz_wi(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
			   bool read, u64 *val)
{
	if (read)
		*val = 0;
	return true;
}

/* Reads as zero; a write is UNDEFINED. */
static bool hvk_sys_raz(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
			bool read, u64 *val)
{
	*val = 0;
	return read;
}

/* Reads as by ONE_REG; a write is UNDEFINED. */
static bool hvk_sys_constant(struct hvk_vcpu *vcpu,
			     const struct hvk_sysreg *reg, bool read, u64 *val)
{
	return read && !reg->get(vcpu, reg, val);
}

/* ACTLR_EL1 is IMPLEMENTATION DEFINED and the host's: reads ONE_REG's value, ignores writes. */
static bool hvk_sys_actlr(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
			  bool read, u64 *val)
{
	if (read)
		*val = vcpu->ctx->sys[reg->sys];
	return true;
}

static bool hvk_sys_pcount(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
			   bool read, u64 *val)
{
	*val = hvk_ptimer_count(vcpu);
	return read;
}

static bool hvk_sys_ptimer(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
			   bool read, u64 *val)
{
	static const unsigned int timer_reg[] = {	/* by op2 */
		HVK_TIMER_TVAL, HVK_SYS_CNTP_CTL_EL0, HVK_SYS_CNTP_CVAL_EL0,
	};
	unsigned int which = timer_reg[FIELD_GET(HVK_SYSREG_OP2, reg->enc)];

	if (read)
		*val = hvk_ptimer_read(vcpu, which);
	else
		hvk_ptimer_write(vcpu, which, *val);
	return true;
}

static int hvk_sys_midr_get(struct hvk_vcpu *vcpu,
			    const struct hvk_sysreg *reg, u64 *val)
{
	*val = read_sysreg(midr_el1);
	return 0;
}

static int hvk_sys_revidr_get(struct hvk_vcpu *vcpu,
			      const struct hvk_sysreg *reg, u64 *val)
{
	*val = read_sysreg(revidr_el1);
	return 0;
}

static int hvk_sys_aidr_get(struct hvk_vcpu *vcpu,
			    const struct hvk_sysreg *reg, u64 *val)
{
	*val = read_sysreg(aidr_el1);
	return 0;
}

static int hvk_sys_clidr_get(struct hvk_vcpu *vcpu,
			     const struct hvk_sysreg *reg, u64 *val)
{
	*val = read_sysreg(clidr_el1);
	return 0;
}

static int hvk_sys_ctr_get(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
			   u64 *val)
{
	*val = read_sysreg(ctr_el0);
	return 0;
}

static int reg_get(struct hvk_vcpu *vcpu, const struct hvk_sysreg *reg,
		   u64 *val)
{
	if (reg->get)
		return reg->get(vcpu, reg, val);
	*val = vcpu->ctx->sys[reg->sys];
	return 0;
}

/* ONE_REG accepts only the value that it reads. */
static int hvk_sys_same_set(struct hvk_vcpu *vcpu,
			    const struct hvk_sysreg *reg, u64 val)
{
	u64 old;
	int err = reg_get(vcpu, reg, &old);

	if (err)
		return err;
	return old == val ? 0 : -EINVAL;
}

/* --- the table ------------------------------------------------------------------------ */

#define TRAP(op0, op1, crn, crm, op2, reg_name, acc)			\
	{ .enc = HVK_SYSREG(op0, op1, crn, crm, op2),			\
	  .name = #reg_name, .sys = HVK_SYS_NONE, .access = acc },
#define STORED(op0, op1, crn, crm, op2, reg_name, acc, val, setter)	\
	{ .enc = HVK_SYSREG(op0, op1, crn, crm, op2),			\
	  .name = #reg_name, .sys = HVK_SYS_##reg_name, .access = acc,	\
	  .reset = val, .set = setter },
#define OTHER(op0, op1, crn, crm, op2, reg_name, acc, getter, setter)	\
	{ .enc = HVK_SYSREG(op0, op1, crn, crm, op2),			\
	  .name = #reg_name, .sys = HVK_SYS_NONE, .access = acc,	\
	  .get = getter, .set = setter },

#define DBG_BVR(n) DBG_BW(n, 4, DBGBVR##n##_EL1)
#define DBG_BCR(n) DBG_BW(n, 5, DBGBCR##n##_EL1)
#define DBG_WVR(n) DBG_BW(n, 6, DBGWVR##n##_EL1)
#define DBG_WCR(n) DBG_BW(n, 7, DBGWCR##n##_EL1)
#define DBG_BW(n, op2, reg_name)					\
	OTHER(2, 0, 0, n, op2, reg_name, hvk_dbg_bw,			\
	      hvk_dbg_bw_get, hvk_dbg_bw_set)

static const struct hvk_sysreg sysreg_table[] = {
#include "trap/sysreg_list.h"
};

#undef TRAP
#undef STORED
#undef OTHER
#undef DBG_BVR
#undef DBG_BCR
#undef DBG_WVR
#undef DBG_WCR
#undef DBG_BW

/* The table's row for this register, or NULL. The table is sorted: a binary search. */
static const struct hvk_sysreg *find(u32 enc)
{
	unsigned int low = 0, high = ARRAY_SIZE(sysreg_table);

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (sysreg_table[mid].enc == enc)
			return &sysreg_table[mid];
		if (sysreg_table[mid].enc < enc)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static bool has_one_reg(const struct hvk_sysreg *reg)
{
	return reg->sys != HVK_SYS_NONE || reg->get;
}

/* --- traps ---------------------------------------------------------------------------- */

int hvk_sysreg_undef(struct hvk_vcpu *vcpu, u32 enc, bool read)
{
	pr_debug_ratelimited("hvk: undefined %s of S%lu_%lu_C%lu_C%lu_%lu at %#llx\n",
			     read ? "read" : "write",
			     FIELD_GET(HVK_SYSREG_OP0, enc),
			     FIELD_GET(HVK_SYSREG_OP1, enc),
			     FIELD_GET(HVK_SYSREG_CRN, enc),
			     FIELD_GET(HVK_SYSREG_CRM, enc),
			     FIELD_GET(HVK_SYSREG_OP2, enc), vcpu->ctx->pc);
	hvk_inject_undef(vcpu);
	return 1;
}

bool hvk_sysreg_access(struct hvk_vcpu *vcpu, u32 enc, bool read, u64 *val)
{
	const struct hvk_sysreg *reg;

	/*
	 * At EL0 only registers with op1 = 3 are accessible. Others should trap to EL1
	 * first, but for some that is IMPLEMENTATION DEFINED: do not rely on the PE.
	 */
	if (hvk_guest_is_el0(vcpu) && FIELD_GET(HVK_SYSREG_OP1, enc) != 3)
		return false;

	if (hvk_idreg_is(enc)) {
		*val = hvk_idvm_read(vcpu->vm, enc);
		return read;
	}
	reg = find(enc);
	return reg && reg->access && reg->access(vcpu, reg, read, val);
}

int hvk_sysreg_trap(struct hvk_vcpu *vcpu)
{
	struct hvk_sys64 iss = hvk_esr_sys64(vcpu->ctx->exit.esr);
	u64 val = iss.read ? 0 : hvk_get_x(vcpu, iss.rt);

	if (!hvk_sysreg_access(vcpu, iss.enc, iss.read, &val))
		return hvk_sysreg_undef(vcpu, iss.enc, iss.read);
	if (iss.read)
		hvk_set_x(vcpu, iss.rt, val);
	hvk_skip_insn(vcpu);
	return 1;
}

/* --- reset and ONE_REG ------------------------------------------------------------------ */

/* As KVM: 16 vCPUs in a cluster, as many as an SGI's target list can name. */
static u64 reset_mpidr(const struct hvk_vcpu *vcpu)
{
	return MPIDR_RES1 | FIELD_PREP(MPIDR_AFF0, vcpu->id & 0xf) |
	       FIELD_PREP(MPIDR_AFF1, vcpu->id >> 4 & 0xff) |
	       FIELD_PREP(MPIDR_AFF2, vcpu->id >> 12 & 0xff);
}

void hvk_sysreg_reset(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	const struct hvk_sysreg *reg;
	unsigned int i;

	/*
	 * MPIDR_EL1 always has the same value, so it is never cleared: other vCPUs'
	 * PSCI calls may search for it at any time.
	 */
	hvk_regs_sync(vcpu);
	for (i = 0; i < HVK_SYS_NR; i++)
		if (i != HVK_SYS_MPIDR_EL1)
			ctx->sys[i] = 0;
	for (i = 0; i < ARRAY_SIZE(sysreg_table); i++) {
		reg = &sysreg_table[i];
		if (reg->sys != HVK_SYS_NONE && reg->sys != HVK_SYS_MPIDR_EL1)
			ctx->sys[reg->sys] = reg->reset;
	}
	WRITE_ONCE(ctx->sys[HVK_SYS_MPIDR_EL1], reset_mpidr(vcpu));
	hvk_dbg_reset(vcpu);

	/* MMU and caches are off, so trap what turns them on: hvk_sys_vm(). No SError pends. */
	ctx->cfg.hcr |= HCR_TVM;
	ctx->cfg.hcr &= ~HVK_HCR_VSE;
	/* Forget an MMIO access from before the reset that the VMM has not answered. */
	vcpu->mmio.pending = false;
}

int hvk_sysreg_get(struct hvk_vcpu *vcpu, u32 enc, u64 *val)
{
	const struct hvk_sysreg *reg;

	if (hvk_idreg_is(enc)) {
		*val = hvk_idvm_read(vcpu->vm, enc);
		return 0;
	}
	reg = find(enc);
	if (!reg || !has_one_reg(reg))
		return -ENOENT;
	return reg_get(vcpu, reg, val);
}

int hvk_sysreg_set(struct hvk_vcpu *vcpu, u32 enc, u64 val)
{
	const struct hvk_sysreg *reg;

	if (hvk_idreg_is(enc))
		return hvk_idvm_write(vcpu->vm, enc, val);
	reg = find(enc);
	if (!reg || !has_one_reg(reg))
		return -ENOENT;
	if (reg->set)
		return reg->set(vcpu, reg, val);
	vcpu->ctx->sys[reg->sys] = val;
	return 0;
}

u32 hvk_sysreg_nth(unsigned int n)
{
	unsigned int i;

	if (n < HVK_NR_IDREGS)
		return HVK_IDREG_FIRST + n;
	n -= HVK_NR_IDREGS;
	for (i = 0; i < ARRAY_SIZE(sysreg_table); i++)
		if (has_one_reg(&sysreg_table[i]) && !n--)
			return sysreg_table[i].enc;
	return 0;
}
