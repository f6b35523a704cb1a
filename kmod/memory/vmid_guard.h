/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps apart what hvk's and KVM's VMs have in a PE's TLB, where the kernel is at EL2 and both run
 * guests at any time (EL1, preemption off). Each numbers its VMs by itself, so that a VM of KVM's
 * may have the VMID of one of hvk's. KVM cannot be told; so a TLB has entries of a VMID of hvk's
 * only while the thread that has run that guest is on the PE. Before another thread is, they
 * are invalidated; and before the guest's first entry, what KVM may have left there. So it
 * costs something in a context switch, and nothing at an exit, not even one to the VMM.
 *
 * A thread that runs vCPUs of both leaves the entries of hvk's guest to KVM's: that is one process
 * with its own memory. CnP is 0, so that no PE uses another one's entries.
 */
#ifndef HVK_MEMORY_VMID_GUARD_H
#define HVK_MEMORY_VMID_GUARD_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "core/vcpu.h"
#include "el2/call.h"

#if IS_ENABLED(CONFIG_KVM)
/* VTTBR_EL2 of the VM that this PE's TLB may have entries of, or 0. */
DECLARE_PER_CPU(u64, hvk_vmid_here);
void hvk_vmid_claim_slow(struct hvk_vcpu *vcpu);

/*
 * Before an entry, with the context's VTTBR_EL2 as it will be: the TLB may have entries of the
 * VM from here on. Interrupts off.
 */
static __always_inline void hvk_vmid_claim(struct hvk_vcpu *vcpu)
{
	if (hvk_el2_shared_with_kvm() &&
	    unlikely(this_cpu_read(hvk_vmid_here) != vcpu->ctx->cfg.vttbr))
		hvk_vmid_claim_slow(vcpu);
}

/* The vCPU's thread is about to be scheduled out. Interrupts off. */
void hvk_vmid_sched_out(void);
/*
 * KVM_RUN begins and ends: the thread may stay on this PE afterwards. begins: whether it has, so
 * that nobody else ran a guest here since; false if that is not certain.
 */
bool hvk_vmid_run_begins(void);
void hvk_vmid_run_ends(void);
/* At load, and when there is no VM, and will be none. Process context. */
void hvk_vmid_guard_init(void);
void hvk_vmid_guard_exit(void);
#else
static inline void hvk_vmid_claim(struct hvk_vcpu *vcpu) { }
static inline void hvk_vmid_sched_out(void) { }
static inline bool hvk_vmid_run_begins(void) { return false; }
static inline void hvk_vmid_run_ends(void) { }
static inline void hvk_vmid_guard_init(void) { }
static inline void hvk_vmid_guard_exit(void) { }
#endif

#endif /* HVK_MEMORY_VMID_GUARD_H */
