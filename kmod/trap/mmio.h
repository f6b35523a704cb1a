/* SPDX-License-Identifier: GPL-2.0-only */
/* Emulation of a guest's accesses to devices (MMIO). */
#ifndef HVK_TRAP_MMIO_H
#define HVK_TRAP_MMIO_H

#include <linux/bits.h>
#include <linux/swab.h>
#include <linux/types.h>

#include "core/vcpu.h"
#include "trap/inject.h"

/* Converts between the guest's data byte order and the host's, which is little-endian. */
static __always_inline u64 hvk_mmio_swap(const struct hvk_vcpu *vcpu, u64 data,
					 unsigned int len)
{
	if (!hvk_guest_is_be(vcpu))
		return data;
	switch (len) {
	case 2:
		return swab16(data);
	case 4:
		return swab32(data);
	case 8:
		return swab64(data);
	default:
		return data;
	}
}

/* The low `len` bytes. */
static inline u64 hvk_mmio_cut(u64 data, unsigned int len)
{
	return data & GENMASK_ULL(len * 8 - 1, 0);
}

/* What a store of len bytes from register rt writes. */
static __always_inline u64 hvk_mmio_stored(const struct hvk_vcpu *vcpu, unsigned int rt,
					   unsigned int len)
{
	return hvk_mmio_swap(vcpu, hvk_mmio_cut(hvk_get_x(vcpu, rt), len), len);
}

/*
 * Handles a data abort at ipa, which is outside of all slots, or a write to a read-only
 * slot. If the syndrome does not describe the access (ISV = 0), the instruction is decoded;
 * but not for a read-only slot, where the answer is KVM's (KVM_EXIT_ARM_NISV or -ENOSYS),
 * as VMMs rely on it. Exit contract: 0 or 1, -ENOSYS, -EINTR. In the vCPU's thread; may
 * sleep; slots_srcu not held.
 */
int hvk_mmio_abort(struct hvk_vcpu *vcpu, u64 ipa, bool read_only);
/*
 * The same for a data abort of which is known that ipa is outside of all slots, and that the
 * syndrome describes the access (ISV = 1), which is no cache maintenance and no walk. rung:
 * no ioeventfd takes it.
 */
int hvk_mmio_access_at(struct hvk_vcpu *vcpu, u64 ipa, bool rung);
/*
 * At the start of KVM_RUN: completes an access that went to the VMM, with the value in the
 * run page. Exit contract: 1, or 0 if the second register of a pair goes to the VMM too.
 */
int hvk_mmio_finish(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_MMIO_H */
