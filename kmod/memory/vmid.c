// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMIDs (EL1). hvk_s2.vmid is a generation number above the bits of the VMID itself.
 * When VMIDs run out, the generation is incremented, TLBs are invalidated, and every VM
 * takes a new VMID at its next entry. A VM whose VMID is active on some PE at that
 * moment keeps it: the VMID is reserved for that VM in the new generation. So all vCPUs
 * of a VM always have the same VMID, and the guest's own broadcast TLBIs reach them
 * all.
 *
 * A value of 0 means no VMID (VMID 0 is the host's). HVK_VMID_HOLD keeps the VM out of
 * the guest while its VMID is withdrawn: see hvk_vmid_retire().
 */
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

#include "base/host.h"
#include "core/kick.h"
#include "el2/call.h"
#include "memory/vmid.h"

#define VMID_MAX_BITS	16
#define VMID_MASK	GENMASK_ULL(VMID_MAX_BITS - 1, 0)
#define GENERATION	BIT_ULL(VMID_MAX_BITS)	/* one generation */

DEFINE_PER_CPU(atomic64_t, hvk_active_vmid);
/*
 * hvk_s2.vmid that was active on this CPU at the last change of generation; under
 * vmid_lock.
 */
static DEFINE_PER_CPU(u64, reserved_vmid);

/* Protects changes of all below, and reserved_vmid. Innermost; taken with interrupts off. */
static DEFINE_RAW_SPINLOCK(vmid_lock);
static atomic64_t generation = ATOMIC64_INIT(GENERATION);
static unsigned long *used;	/* bit n: VMID n is taken in this generation; n > 0 */
static unsigned int next_vmid = 1;
static bool flush_due;		/* TLBs may still have entries of the last generation */

static bool current_generation(u64 vmid)
{
	return (vmid & ~VMID_MASK) == (u64)atomic64_read(&generation);
}

/* Lets a VM that was running at the change of generation keep its VMID; false if it was not. */
static bool take_reserved(u64 old, u64 new)
{
	bool found = false;
	int cpu;

	for_each_possible_cpu(cpu) {
		/* On every CPU, or the next change of generation would miss it on one. */
		if (per_cpu(reserved_vmid, cpu) == old) {
			per_cpu(reserved_vmid, cpu) = new;
			found = true;
		}
	}
	return found;
}

static void next_generation(void)
{
	u64 vmid;
	int cpu;

	atomic64_add(GENERATION, &generation);
	bitmap_zero(used, BIT(hvk_host.vmid_bits));
	for_each_possible_cpu(cpu) {
		vmid = atomic64_xchg(&per_cpu(hvk_active_vmid, cpu), 0);
		/*
		 * No guest was entered on this CPU since the last change: its
		 * reservation stays.
		 */
		if (!vmid)
			vmid = per_cpu(reserved_vmid, cpu);
		__set_bit(vmid & VMID_MASK, used);
		per_cpu(reserved_vmid, cpu) = vmid;
	}
	next_vmid = 1;
	flush_due = true;
}

static u64 new_vmid(u64 old)
{
	unsigned long nr = BIT(hvk_host.vmid_bits);
	u64 vmid;

	lockdep_assert_held(&vmid_lock);
	if (old) {
		vmid = atomic64_read(&generation) | (old & VMID_MASK);
		if (take_reserved(old, vmid))
			return vmid;
	}
	vmid = find_next_zero_bit(used, nr, next_vmid);
	if (vmid >= nr)
		vmid = find_next_zero_bit(used, nr, 1);
	if (vmid >= nr) {
		next_generation();
		/* One is free: there are more VMIDs than CPUs (hvk_vmid_init()). */
		vmid = find_next_zero_bit(used, nr, 1);
	}
	__set_bit(vmid, used);
	next_vmid = vmid + 1;
	return atomic64_read(&generation) | vmid;
}

/*
 * Under vmid_lock: gives the VM a VMID of this generation, and does the TLB flush if
 * one is due.
 */
static u64 vmid_slow(struct hvk_s2 *s2, atomic64_t *active)
{
	u64 vmid, old;

	raw_spin_lock(&vmid_lock);
	vmid = atomic64_read(&s2->vmid);
	while (vmid != HVK_VMID_HOLD && !current_generation(vmid)) {
		old = vmid;
		vmid = new_vmid(old);
		/*
		 * Fails only if hvk_vmid_retire(), which does not take vmid_lock,
		 * changed it.
		 */
		if (atomic64_cmpxchg(&s2->vmid, old, vmid) != old)
			vmid = atomic64_read(&s2->vmid);
	}
	/*
	 * If EL2 of this PE is not ours the flush stays due and active_vmid 0, so that
	 * every entry takes the slow path until one PE has flushed. The entry that
	 * follows does not reach the guest then: hvk_el2_run() finds EL2 not ours, too.
	 */
	if (flush_due && !hvk_el2_tlbi_all())
		flush_due = false;
	if (vmid != HVK_VMID_HOLD && !flush_due)
		atomic64_set(active, vmid);
	raw_spin_unlock(&vmid_lock);
	/*
	 * Orders the store of the VMID before the guest's first walk with it: a TLBI
	 * that finds no VMID after the store of its descriptor (stage2.c) is not
	 * needed, as the walk sees that store. Pairs with the DSB there.
	 */
	smp_mb();
	return vmid;
}

int hvk_vmid_renew(struct hvk_vcpu *vcpu)
{
	struct hvk_s2 *s2 = &vcpu->vm->s2;
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	atomic64_t *active = this_cpu_ptr(&hvk_active_vmid);
	u64 vmid = atomic64_read(&s2->vmid);
	u64 seen = atomic64_read(active);

	/*
	 * The exchange races with next_generation(): either that finds this VMID active
	 * and reserves it, or the exchange fails because the active VMID is 0.
	 */
	if (!seen || vmid == HVK_VMID_HOLD || !current_generation(vmid) ||
	    (u64)atomic64_cmpxchg(active, seen, vmid) != seen)
		vmid = vmid_slow(s2, active);
	if (vmid == HVK_VMID_HOLD)
		return -EAGAIN;

	ctx->cfg.vttbr = hvk_s2_vttbr(s2, vmid);
	ctx->cfg.vtcr = s2->vtcr;
	vcpu->vmid = vmid;
	return 0;
}

void hvk_vmid_retire(struct hvk_vm *vm)
{
	struct hvk_s2 *s2 = &vm->s2;

	lockdep_assert_held_write(&s2->lock);	/* one thread at a time */
	/*
	 * All vCPUs leave the guest before the first enters with the new VMID: with two
	 * VMIDs in use, a broadcast TLBI of one vCPU would miss the other.
	 */
	atomic64_set(&s2->vmid, HVK_VMID_HOLD);
	hvk_kick_all_sync(vm, HVK_REQ_NEW_VMID, NULL);
	atomic64_set(&s2->vmid, 0);
}

void hvk_vmid_wait(struct hvk_vm *vm)
{
	struct hvk_s2 *s2 = &vm->s2;

	if (atomic64_read(&s2->vmid) != HVK_VMID_HOLD)
		return;
	read_lock(&s2->lock);
	read_unlock(&s2->lock);
}

int hvk_vmid_init(void)
{
	if (num_possible_cpus() + 2 > BIT(hvk_host.vmid_bits))
		return -ENODEV;
	used = bitmap_zalloc(BIT(hvk_host.vmid_bits), GFP_KERNEL);
	if (!used)
		return -ENOMEM;
	hvk_vmid_guard_init();
	return 0;
}

void hvk_vmid_exit(void)
{
	hvk_vmid_guard_exit();
	bitmap_free(used);
	used = NULL;
}
