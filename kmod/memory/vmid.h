/* SPDX-License-Identifier: GPL-2.0-only */
/* VMIDs: they keep the translations of one VM apart from those of another in TLBs. */
#ifndef HVK_MEMORY_VMID_H
#define HVK_MEMORY_VMID_H

#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "base/host.h"
#include "core/vcpu.h"
#include "memory/stage2_state.h"
#include "memory/table.h"
#include "memory/vmid_guard.h"

/*
 * hvk_s2.vmid with which a guest was last entered on this CPU; 0: the next entry must
 * look it up under vmid.c's lock.
 */
DECLARE_PER_CPU(atomic64_t, hvk_active_vmid);

/* Value of hvk_s2.vmid: no vCPU of the VM may enter the guest; see vmid.c. */
#define HVK_VMID_HOLD	(~0ULL)

/* VTTBR_EL2 for the VM's tables and a value of hvk_s2.vmid. */
static inline u64 hvk_s2_vttbr(const struct hvk_s2 *s2, u64 vmid)
{
	vmid &= BIT(hvk_host.vmid_bits) - 1;
	/* KVM numbers its VMs from 1 on: from the other end they seldom meet. */
	if (hvk_el2_shared_with_kvm())
		vmid = BIT(hvk_host.vmid_bits) - vmid;
	return s2->root_pa | FIELD_PREP(HVK_VTTBR_VMID, vmid);
}

/* hvk_vmid_update() where that is not seen at a glance. */
int hvk_vmid_renew(struct hvk_vcpu *vcpu);
/*
 * Sets vcpu->ctx->cfg.vttbr and vtcr for the entry, with a VMID of the current
 * generation. Interrupts off. 0, or -EAGAIN, as the VMID is being withdrawn: the caller
 * enables interrupts, calls hvk_vmid_wait() and retries. vcpu->mode must be
 * HVK_IN_GUEST before the call, and vcpu->requests must be read after it.
 */
static inline int hvk_vmid_update(struct hvk_vcpu *vcpu)
{
	u64 vmid = atomic64_read(&vcpu->vm->s2.vmid);

	/*
	 * The vCPU's context has this VMID already, and the CPU has had no other since. A
	 * change of generation that takes the active VMID away after it was read here
	 * finds this one, and reserves it: so that it may be used.
	 */
	if (likely(vmid && vmid == vcpu->vmid &&
		   vmid == (u64)atomic64_read(this_cpu_ptr(&hvk_active_vmid))))
		return 0;
	return hvk_vmid_renew(vcpu);
}

/*
 * Waits until a VMID that is being withdrawn is gone. It waits for s2->lock, so that on
 * PREEMPT_RT, where the lock's holder can be preempted, the holder inherits the
 * priority of the vCPU's thread; a loop at real-time priority would keep it from
 * running. Interrupts on, s2->lock not held.
 */
void hvk_vmid_wait(struct hvk_vm *vm);
/*
 * Withdraws the VM's VMID, so that what TLBs hold with it is not used again: on return
 * no vCPU is in the guest with it. s2->lock is held for writing, interrupts on; does
 * not sleep.
 */
void hvk_vmid_retire(struct hvk_vm *vm);
/* At load. 0, -ENODEV (too few VMIDs for the host's CPUs), -ENOMEM. */
int hvk_vmid_init(void);
void hvk_vmid_exit(void);

#endif /* HVK_MEMORY_VMID_H */
