// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_GET_ONE_REG, KVM_SET_ONE_REG, KVM_GET_REG_LIST (EL1, process context, vcpu->mutex
 * held): finds the register that an identifier names. Timers and CCSIDR_EL1 are handled
 * here, others by corereg.c, hypercall.c and sysreg.c. Identifiers and sizes are KVM's
 * (<asm/kvm.h>).
 */
#include <linux/kernel.h>
#include <linux/uaccess.h>

#include "abi/corereg.h"
#include "abi/onereg.h"
#include "base/esr.h"
#include "core/vcpu.h"
#include "time/counter.h"
#include "time/offset.h"
#include "time/vtimer.h"
#include "trap/fast.h"
#include "trap/hypercall.h"
#include "trap/sysreg.h"

/* CNTx_CTL_EL0 */
#define CTL_ISTATUS	BIT_ULL(2)
#define CTL_WRITABLE	GENMASK_ULL(1, 0)

/* CSSELR_EL1 values that ONE_REG knows: 7 levels, instruction and data for each */
#define NR_CSSELR	14

/* The bits of an identifier that name the architecture. */
#define KVM_REG_TOP	(~KVM_REG_SIZE_MASK & GENMASK_ULL(63, 32))

/* --- timers ------------------------------------------------------------------------------ */

/*
 * The virtual timer's CVAL and CNT have each other's encodings in these identifiers: a
 * mistake in KVM that has become ABI.
 */
static const u64 timer_ids[] = {
	KVM_REG_ARM_TIMER_CTL,
	KVM_REG_ARM_TIMER_CNT,
	KVM_REG_ARM_TIMER_CVAL,
	KVM_REG_ARM_PTIMER_CTL,
	KVM_REG_ARM_PTIMER_CNT,
	KVM_REG_ARM_PTIMER_CVAL,
};

static int get_timer(struct hvk_vcpu *vcpu, u64 id, u64 *val)
{
	const u64 *sys = vcpu->ctx->sys;

	switch (id) {
	case KVM_REG_ARM_TIMER_CTL:
		*val = sys[HVK_SYS_CNTV_CTL_EL0] & CTL_WRITABLE;
		if (hvk_vtimer_count(vcpu) >= sys[HVK_SYS_CNTV_CVAL_EL0])
			*val |= CTL_ISTATUS;
		return 0;
	case KVM_REG_ARM_TIMER_CNT:
		*val = hvk_vtimer_count(vcpu);
		return 0;
	case KVM_REG_ARM_TIMER_CVAL:
		*val = sys[HVK_SYS_CNTV_CVAL_EL0];
		return 0;
	case KVM_REG_ARM_PTIMER_CTL:
		*val = hvk_ptimer_read(vcpu, HVK_SYS_CNTP_CTL_EL0);
		return 0;
	case KVM_REG_ARM_PTIMER_CNT:
		*val = hvk_ptimer_count(vcpu);
		return 0;
	case KVM_REG_ARM_PTIMER_CVAL:
		*val = hvk_ptimer_read(vcpu, HVK_SYS_CNTP_CVAL_EL0);
		return 0;
	default:
		return -ENOENT;
	}
}

static int set_timer(struct hvk_vcpu *vcpu, u64 id, u64 val)
{
	u64 *sys = vcpu->ctx->sys;

	switch (id) {
	case KVM_REG_ARM_TIMER_CTL:
		sys[HVK_SYS_CNTV_CTL_EL0] = val & CTL_WRITABLE;
		return 0;
	case KVM_REG_ARM_TIMER_CNT:
		hvk_vtimer_set_count(vcpu, val);
		return 0;
	case KVM_REG_ARM_TIMER_CVAL:
		sys[HVK_SYS_CNTV_CVAL_EL0] = val;
		return 0;
	case KVM_REG_ARM_PTIMER_CTL:
		hvk_ptimer_write(vcpu, HVK_SYS_CNTP_CTL_EL0, val);
		return 0;
	case KVM_REG_ARM_PTIMER_CNT:
		hvk_ptimer_set_count(vcpu, val);
		return 0;
	case KVM_REG_ARM_PTIMER_CVAL:
		hvk_ptimer_write(vcpu, HVK_SYS_CNTP_CVAL_EL0, val);
		return 0;
	default:
		return -ENOENT;
	}
}

static bool is_timer(u64 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timer_ids); i++)
		if (timer_ids[i] == id)
			return true;
	return false;
}

/* --- CCSIDR_EL1, one for each value of CSSELR_EL1 -------------------------------------- */

#define DEMUX_CCSIDR(n)	(KVM_REG_ARM64 | KVM_REG_SIZE_U32 |		\
			 KVM_REG_ARM_DEMUX | KVM_REG_ARM_DEMUX_ID_CCSIDR | (n))

static int get_ccsidr(u64 id, u32 *val)
{
	u64 n = id - DEMUX_CCSIDR(0);

	if (n >= NR_CSSELR)
		return -ENOENT;
	*val = hvk_ccsidr(n);
	return 0;
}

static int get_demux(u64 id, void __user *addr)
{
	u32 val;
	int err = get_ccsidr(id, &val);

	return err ? err : put_user(val, (u32 __user *)addr);
}

static int set_demux(u64 id, const void __user *addr)
{
	u32 val, old;
	int err = get_ccsidr(id, &old);

	if (err)
		return err;
	if (get_user(val, (const u32 __user *)addr))
		return -EFAULT;
	return val == old ? 0 : -EINVAL;
}

/* --- system and firmware registers, by value ---------------------------------------------- */

#define SYSREG_BITS	GENMASK_ULL(15, 0)

/*
 * Whether the identifier is a system register's. Its low bits are HVK_SYSREG() then, which
 * packs op0 to op2 as KVM does; its other bits are fixed.
 */
static bool is_sysreg(u64 id)
{
	return (id & ~SYSREG_BITS) ==
	       (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG);
}

static int get_value(struct hvk_vcpu *vcpu, u64 id, u64 *val)
{
	if ((id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_FW ||
	    (id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_FW_FEAT_BMAP)
		return hvk_fwreg_get(vcpu, id, val);
	if (is_timer(id))
		return get_timer(vcpu, id, val);
	if (is_sysreg(id))
		return hvk_sysreg_get(vcpu, id & SYSREG_BITS, val);
	return -ENOENT;
}

static int set_value(struct hvk_vcpu *vcpu, u64 id, u64 val)
{
	int err;

	if ((id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_FW ||
	    (id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_FW_FEAT_BMAP) {
		err = hvk_fwreg_set(vcpu, id, val);
		if (!err)
			hvk_fast_update(vcpu->vm);
		return err;
	}
	if (is_timer(id))
		return set_timer(vcpu, id, val);
	if (is_sysreg(id))
		return hvk_sysreg_set(vcpu, id & SYSREG_BITS, val);
	return -ENOENT;
}

int hvk_onereg_get(struct hvk_vcpu *vcpu, const struct kvm_one_reg *reg)
{
	void __user *addr = u64_to_user_ptr(reg->addr);
	u64 val;
	int err;

	lockdep_assert_held(&vcpu->mutex);
	if ((reg->id & KVM_REG_TOP) != KVM_REG_ARM64)
		return -EINVAL;

	switch (reg->id & KVM_REG_ARM_COPROC_MASK) {
	case KVM_REG_ARM_CORE:
		return hvk_core_reg_get(vcpu, reg->id, addr);
	case KVM_REG_ARM64_SVE:
		return -ENOENT;
	case KVM_REG_ARM_DEMUX:
		return get_demux(reg->id, addr);
	}

	err = get_value(vcpu, reg->id, &val);
	return err ? err : put_user(val, (u64 __user *)addr);
}

int hvk_onereg_set(struct hvk_vcpu *vcpu, const struct kvm_one_reg *reg)
{
	void __user *addr = u64_to_user_ptr(reg->addr);
	u64 val;

	lockdep_assert_held(&vcpu->mutex);
	if ((reg->id & KVM_REG_TOP) != KVM_REG_ARM64)
		return -EINVAL;

	switch (reg->id & KVM_REG_ARM_COPROC_MASK) {
	case KVM_REG_ARM_CORE:
		return hvk_core_reg_set(vcpu, reg->id, addr);
	case KVM_REG_ARM64_SVE:
		return -ENOENT;
	case KVM_REG_ARM_DEMUX:
		return set_demux(reg->id, addr);
	}

	if (KVM_REG_SIZE(reg->id) != sizeof(val))
		return -ENOENT;
	if (get_user(val, (const u64 __user *)addr))
		return -EFAULT;
	return set_value(vcpu, reg->id, val);
}

/* --- the list --------------------------------------------------------------------------- */

/* Counts identifiers in nr, and stores the first `room` of them at `out`. */
struct lister {
	u64 __user *out;
	u64 nr, room;
};

static int list_one(struct lister *l, u64 id)
{
	if (l->nr < l->room && put_user(id, l->out + l->nr))
		return -EFAULT;
	l->nr++;
	return 0;
}

static int list_core(struct hvk_vcpu *vcpu, struct lister *l)
{
	unsigned int off;
	u64 id;
	int err;

	for (off = 0; off < HVK_CORE_WORDS; off++) {
		id = hvk_core_reg_id(vcpu, off);
		if (!id)
			continue;
		err = list_one(l, id);
		if (err)
			return err;
	}
	return 0;
}

static int list_all(struct hvk_vcpu *vcpu, struct lister *l)
{
	unsigned int i;
	u64 id;
	int err = list_core(vcpu, l);

	for (i = 0; !err && (id = hvk_fwreg_id(i)); i++)
		err = list_one(l, id);
	for (i = 0; !err && i < ARRAY_SIZE(timer_ids); i++)
		err = list_one(l, timer_ids[i]);
	for (i = 0; !err && (id = hvk_sysreg_nth(i)); i++)
		err = list_one(l, KVM_REG_ARM64 | KVM_REG_SIZE_U64 |
				  KVM_REG_ARM64_SYSREG | id);
	for (i = 0; !err && i < NR_CSSELR; i++)
		err = list_one(l, DEMUX_CCSIDR(i));
	return err;
}

int hvk_onereg_list(struct hvk_vcpu *vcpu, struct kvm_reg_list __user *list)
{
	struct lister count = {}, store = { .out = list->reg };
	u64 room;
	int err;

	lockdep_assert_held(&vcpu->mutex);
	if (get_user(room, &list->n))
		return -EFAULT;
	err = list_all(vcpu, &count);
	if (err)
		return err;
	if (put_user(count.nr, &list->n))
		return -EFAULT;
	if (room < count.nr)
		return -E2BIG;
	store.room = count.nr;
	return list_all(vcpu, &store);
}
