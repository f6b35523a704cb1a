// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core registers of ONE_REG: general-purpose registers, PC, PSTATE, SPSRs, FP and SIMD.
 * Their identifiers have the register's offset in struct kvm_regs, in 32-bit words (EL1,
 * process context, vcpu->mutex held).
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/nospec.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/ptrace.h>

#include "abi/corereg.h"
#include "base/idreg.h"
#include "core/vcpu.h"
#include "trap/inject.h"

#define CORE(name)	KVM_REG_ARM_CORE_REG(name)

/* The offset in an identifier, in 32-bit words; not checked. */
static u64 core_offset(u64 id)
{
	return id & ~(KVM_REG_ARCH_MASK | KVM_REG_SIZE_MASK |
		      KVM_REG_ARM_CORE);
}

/*
 * Where the context has the register at `off` (in 32-bit words of struct kvm_regs), and its
 * size in bytes. NULL: no register starts at `off`.
 */
static void *core_reg(struct hvk_vcpu *vcpu, u64 off, size_t *size)
{
	static const u8 spsr[KVM_NR_SPSR] = {
		[KVM_SPSR_EL1] = HVK_SYS_SPSR_EL1,
		[KVM_SPSR_ABT] = HVK_SYS_SPSR_abt,
		[KVM_SPSR_UND] = HVK_SYS_SPSR_und,
		[KVM_SPSR_IRQ] = HVK_SYS_SPSR_irq,
		[KVM_SPSR_FIQ] = HVK_SYS_SPSR_fiq,
	};
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	unsigned int n;

	off = array_index_nospec(off, HVK_CORE_WORDS);

	if (off >= CORE(fp_regs.vregs[0]) && off < CORE(fp_regs.fpsr)) {
		n = off - CORE(fp_regs.vregs[0]);
		*size = sizeof(__uint128_t);
		return n % 4 ? NULL : &ctx->fp.q[n / 4 * 2];
	}

	*size = sizeof(u32);
	if (off == CORE(fp_regs.fpsr))
		return &ctx->fp.fpsr;
	if (off == CORE(fp_regs.fpcr))
		return &ctx->fp.fpcr;

	*size = sizeof(u64);
	if (off % 2)
		return NULL;
	if (off <= CORE(regs.regs[30]))
		return &ctx->x[off / 2];
	if (off == CORE(regs.sp))
		return &ctx->sys[HVK_SYS_SP_EL0];
	if (off == CORE(regs.pc))
		return &ctx->pc;
	if (off == CORE(regs.pstate))
		return &ctx->pstate;
	if (off == CORE(sp_el1))
		return &ctx->sys[HVK_SYS_SP_EL1];
	if (off == CORE(elr_el1))
		return &ctx->sys[HVK_SYS_ELR_EL1];
	if (off >= CORE(spsr[0]) && off <= CORE(spsr[KVM_NR_SPSR - 1]))
		return &ctx->sys[spsr[(off - CORE(spsr[0])) / 2]];
	return NULL;
}

/* Sets *where as core_reg() does. 0, -ENOENT (offset), -EINVAL (no register, or its size). */
static int find_core(struct hvk_vcpu *vcpu, u64 id, void **where)
{
	u64 off = core_offset(id);
	size_t size;

	if (off >= HVK_CORE_WORDS ||
	    off + KVM_REG_SIZE(id) / sizeof(u32) >= HVK_CORE_WORDS)
		return -ENOENT;
	*where = core_reg(vcpu, off, &size);
	if (!*where || KVM_REG_SIZE(id) != size)
		return -EINVAL;
	return 0;
}

int hvk_core_reg_get(struct hvk_vcpu *vcpu, u64 id, void __user *addr)
{
	void *where;
	int err = find_core(vcpu, id, &where);

	if (err)
		return err;
	return copy_to_user(addr, where, KVM_REG_SIZE(id)) ? -EFAULT : 0;
}

/* Whether a guest may be in this mode. EL2 checks as well, but only at the entry. */
static bool pstate_valid(u64 pstate)
{
	switch (pstate & (PSR_MODE32_BIT | PSR_MODE_MASK)) {
	case PSR_MODE_EL0t:
	case PSR_MODE_EL1t:
	case PSR_MODE_EL1h:
		return true;
	case PSR_MODE32_BIT | PSR_MODE_EL0t:	/* AArch32 User */
		return hvk_idreg_has_a32_el0();
	default:
		return false;
	}
}

int hvk_core_reg_set(struct hvk_vcpu *vcpu, u64 id, const void __user *addr)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	u64 val[2] = {};
	unsigned int i;
	void *where;
	int err = find_core(vcpu, id, &where);

	if (err)
		return err;
	if (copy_from_user(val, addr, KVM_REG_SIZE(id)))
		return -EFAULT;
	if (where == &ctx->pstate && !pstate_valid(val[0]))
		return -EINVAL;
	memcpy(where, val, KVM_REG_SIZE(id));

	/* In AArch32 state X0 to X14 and the PC only have their low halves. */
	if (hvk_guest_is_a32(vcpu)) {
		for (i = 0; i < 15; i++)
			ctx->x[i] = lower_32_bits(ctx->x[i]);
		ctx->pc = lower_32_bits(ctx->pc);
	}
	return 0;
}

u64 hvk_core_reg_id(struct hvk_vcpu *vcpu, unsigned int off)
{
	size_t size;

	if (!core_reg(vcpu, off, &size))
		return 0;
	return KVM_REG_ARM64 | KVM_REG_ARM_CORE | off |
	       FIELD_PREP(KVM_REG_SIZE_MASK, ilog2(size));
}
