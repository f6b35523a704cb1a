// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exit of a data abort (EL1, process context). Most are a plain load or store to a
 * device: these are told from aborts of memory here, and a doorbell is rung at once.
 */
#include <linux/bitfield.h>
#include <linux/mm.h>

#include "base/esr.h"
#include "core/mmio.h"
#include "core/vcpu.h"
#include "irq/eventfd.h"
#include "trap/abort.h"
#include "trap/dabt.h"
#include "trap/inject.h"
#include "trap/mmio.h"

/*
 * Whether this is a plain access to a device: a load or store, described by the syndrome, to
 * a page of which it is known that no memory region is there. Most exits of a guest that has
 * its memory are such.
 */
static __always_inline bool device_access(const struct hvk_vcpu *vcpu, u64 *ipa)
{
	const struct hvk_el2_ctx *ctx = vcpu->ctx;
	u64 page = FIELD_GET(HVK_HPFAR_FIPA, ctx->exit.hpfar) << PAGE_SHIFT;
	unsigned long gen;

	if ((ctx->exit.esr & (HVK_ISS_ISV | HVK_ISS_CM | HVK_ISS_S1PTW |
			      (HVK_ISS_FSC & ~HVK_FSC_LEVEL))) !=
	    (HVK_ISS_ISV | HVK_FSC_TRANSLATION))
		return false;
	/* Acquire: pairs with publish() in slots.c. */
	gen = smp_load_acquire(&vcpu->vm->slots_gen);
	if (page != vcpu->hole || gen != vcpu->hole_gen)
		return false;
	*ipa = page | (ctx->exit.far & ~PAGE_MASK);
	return true;
}

/*
 * Rings the ioeventfd at ipa if this is a write that it takes, without the descriptions
 * that other devices need: a driver waits for it to go on.
 */
static __always_inline bool ring(struct hvk_vcpu *vcpu, u64 ipa)
{
	struct hvk_dabt dabt = hvk_esr_dabt(vcpu->ctx->exit.esr);
	u64 data = hvk_mmio_swap(vcpu, hvk_get_x(vcpu, dabt.srt), dabt.len);

	if (!hvk_ioeventfds_ring(vcpu->vm, ipa, data, dabt.len))
		return false;
	hvk_count(vcpu, HVK_STAT_MMIO_KERNEL);
	hvk_skip_insn(vcpu);
	return true;
}

int hvk_data_abort(struct hvk_vcpu *vcpu)
{
	bool rung = false;
	u64 ipa;

	if (unlikely(!device_access(vcpu, &ipa)))
		return hvk_s2_abort(vcpu);
	/* A device in the module has its addresses before any ioeventfd. */
	if (vcpu->ctx->exit.esr & HVK_ISS_WNR && hvk_ioeventfds_any(vcpu->vm) &&
	    hvk_mmio_far(vcpu->vm, ipa)) {
		if (ring(vcpu, ipa))
			return 1;
		rung = true;
	}
	return hvk_mmio_access_at(vcpu, ipa, rung);
}
