/* SPDX-License-Identifier: GPL-2.0-only */
/* Emulation of a guest's accesses to devices (MMIO). */
#ifndef HVK_TRAP_MMIO_H
#define HVK_TRAP_MMIO_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * Handles a data abort at ipa, which is outside of all slots, or a write to a read-only
 * slot. If the syndrome does not describe the access (ISV = 0), the instruction is decoded;
 * but not for a read-only slot, where the answer is KVM's (KVM_EXIT_ARM_NISV or -ENOSYS),
 * as VMMs rely on it. Exit contract: 0 or 1, -ENOSYS, -EINTR. In the vCPU's thread; may
 * sleep; slots_srcu not held.
 */
int hvk_mmio_abort(struct hvk_vcpu *vcpu, u64 ipa, bool read_only);
/*
 * Handles any data abort (ESR, FAR and HPFAR are in ctx->exit): accesses to devices by
 * itself, all else by hvk_s2_abort(). Exit contract as there.
 */
int hvk_data_abort(struct hvk_vcpu *vcpu);
/*
 * At the start of KVM_RUN: completes an access that went to the VMM, with the value in the
 * run page. Exit contract: 1, or 0 if the second register of a pair goes to the VMM too.
 */
int hvk_mmio_finish(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_MMIO_H */
