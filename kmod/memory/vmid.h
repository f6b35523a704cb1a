/* SPDX-License-Identifier: GPL-2.0-only */
/* VMIDs: what tells the translations of one VM from those of another. */
#ifndef HVK_MEMORY_VMID_H
#define HVK_MEMORY_VMID_H

#include <linux/bitfield.h>
#include <linux/types.h>

#include "memory/stage2_state.h"
#include "memory/table.h"

struct hvk_vcpu;
struct hvk_vm;

/* hvk_s2.vmid: nobody enters; see vmid.c. */
#define HVK_VMID_HOLD	(~0ULL)

static inline u64 hvk_s2_vttbr(const struct hvk_s2 *s2, u64 vmid)
{
	return s2->root_pa | FIELD_PREP(HVK_VTTBR_VMID, vmid & 0xffff);
}

/*
 * Makes vcpu->ctx->cfg.{vttbr,vtcr} fit for the entry: a VMID of the current
 * generation. Interrupts off. 0, or -EAGAIN: allow interrupts, hvk_vmid_wait()
 * and come again. vcpu->requests must be looked at after this, with vcpu->mode set.
 */
int hvk_vmid_update(struct hvk_vcpu *vcpu);
/*
 * Until a VMID that is being withdrawn is: waits for s2->lock, so that on
 * PREEMPT_RT, where its holder can be preempted, the holder gets the priority of
 * the vCPU's thread and not a loop at real-time priority in its way. Interrupts
 * on, s2->lock not held.
 */
void hvk_vmid_wait(struct hvk_vm *vm);
/*
 * Takes the VM's VMID away, with all that TLBs hold of it: no vCPU is in the
 * guest with it on return. Under s2->lock, interrupts on; does not sleep.
 */
void hvk_vmid_retire(struct hvk_vm *vm);
int hvk_vmid_init(void);
void hvk_vmid_exit(void);

#endif /* HVK_MEMORY_VMID_H */
