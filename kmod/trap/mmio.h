/* SPDX-License-Identifier: GPL-2.0-only */
/* Accesses to what is not memory. */
#ifndef HVK_TRAP_MMIO_H
#define HVK_TRAP_MMIO_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * Data abort outside of all slots, or a write to a read-only one. What the
 * syndrome does not describe is decoded for devices; for memory it is KVM's
 * answer (NISV or -ENOSYS), which its users rely on.
 */
int hvk_mmio_abort(struct hvk_vcpu *vcpu, u64 ipa, bool read_only);
/*
 * At the start of RUN: completes an access that went to the VMM. Exit
 * contract: 0 if its second half (of a register pair) goes there as well.
 */
int hvk_mmio_finish(struct hvk_vcpu *vcpu);

#endif /* HVK_TRAP_MMIO_H */
