/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 translation of one VM: tables, VMID, faults, the MMU notifier.
 *
 *   memory/table.c		the format and the walker (pure)
 *   stage2.c		a VM's tables: life, TLBs, ranges
 *   populate.c		guest memory in, on demand and ahead
 *   memory/notifier.c	guest memory out, when the host takes it away
 *   memory/inval.c		faults wait while it does
 *   pins.c		guest memory that the host cannot take away
 *   vmid.c		VMIDs
 *   cache.c		cache maintenance
 */
#ifndef HVK_STAGE2_H
#define HVK_STAGE2_H

#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "memory/notifier.h"
#include "memory/table.h"

struct hvk_vm;
struct hvk_vcpu;
struct hvk_slot;

/* hvk_s2.vmid: nobody enters; see vmid.c. */
#define HVK_VMID_HOLD	(~0ULL)

struct hvk_s2 {
	rwlock_t lock;		/* tables and all below; taken with interrupts on */
	struct hvk_s2_table table;
	phys_addr_t root_pa;
	unsigned int ipa_bits;
	u64 vtcr;		/* VTCR_EL2 for this VM */
	atomic64_t vmid;	/* generation | VMID; vmid.c, not under lock */
	bool released;		/* no mm any more: nothing is mapped again */

	/* Tables for the walker, allocated before the lock is taken. */
	u64 *stash[HVK_S2_MAP_TABLES];
	unsigned int nr_stash;

	struct hvk_s2_notifier notifier;
	unsigned long mn_seq;	/* invalidations finished */
	long mn_active;		/* invalidations under way */
	/* What those cover together, as host virtual addresses. */
	unsigned long mn_start, mn_end;
	wait_queue_head_t mn_wait;	/* for mn_seq to move; hvk_s2_wait() */
};

static inline u64 hvk_s2_vttbr(const struct hvk_s2 *s2, u64 vmid)
{
	return s2->root_pa | FIELD_PREP(HVK_VTTBR_VMID, vmid & 0xffff);
}

/*
 * Sets up empty tables for ipa_bits. 0, -EINVAL (ipa_bits: not from 32 to what the
 * host offers), -ENOMEM.
 */
int hvk_s2_init(struct hvk_vm *vm, unsigned int ipa_bits);
/* Frees all. No vCPU runs; all still exist; the notifier has gone. */
void hvk_s2_destroy(struct hvk_vm *vm);
/* Stops further faults and drops all mappings (the mm is going away). */
void hvk_s2_release(struct hvk_vm *vm);
/* What the page is wanted for, and that it shall be a page and no block. */
#define HVK_POPULATE_WRITE	BIT(0)
#define HVK_POPULATE_EXEC	BIT(1)
#define HVK_POPULATE_PAGE	BIT(2)

/*
 * Maps the page at ipa, or a block around it. 0; -ENOENT (no slot has it), -EROFS
 * (a write, and the slot is read-only), an errno of the host's; or -EAGAIN: the host
 * takes the page back, or has; then hvk_s2_wait() with *seq. The VMM's process; may
 * sleep; slots_srcu not held.
 */
int hvk_s2_populate(struct hvk_vm *vm, u64 ipa, unsigned int how,
		    unsigned long *seq);
/*
 * HVK_PREFAULT: maps all of *size bytes from *ipa on, and says in them what is
 * left. The VMM's process. 0, -EINTR, -EINVAL, -ENOENT, -EFAULT, -ENOMEM.
 */
int hvk_s2_prefault(struct hvk_vm *vm, u64 *ipa, u64 *size);
/*
 * Around the removal of a slot: until the thaw no fault maps anything, all
 * wait. Freeze, unmap the slot, publish vm->slots without it and wait for
 * slots_srcu, thaw: the notifier finds every slot that has mappings.
 */
void hvk_s2_freeze(struct hvk_vm *vm);
void hvk_s2_thaw(struct hvk_vm *vm);
/* Drops the mappings of [ipa, ipa + size). May sleep between chunks. */
void hvk_s2_unmap(struct hvk_vm *vm, u64 ipa, u64 size);
/* Write-protects a slot for dirty logging. May sleep between chunks. */
void hvk_s2_wp(struct hvk_vm *vm, u64 ipa, u64 size);
/*
 * Maps device memory (GICV) for the guest, page by page, never executable.
 * 0, -EINVAL (not page-aligned, beyond the IPA space), -EEXIST: replaces
 * nothing, -ENOMEM. May sleep.
 */
int hvk_s2_map_device(struct hvk_vm *vm, u64 ipa, phys_addr_t pa, u64 size);
/*
 * One step of cleaning and invalidating all mapped memory to the PoC: the
 * guest's set/way operations, and its MMU or caches going on or off. From *ipa,
 * 0 at first, on; true: done. What is mapped behind *ipa meanwhile is cleaned
 * as it appears, what is unmapped as it goes. At most HVK_S2_CLEAN_STEP bytes;
 * process context, does not sleep.
 */
bool hvk_s2_clean_step(struct hvk_vm *vm, u64 *ipa);
/*
 * Cleans and invalidates the HVK_S2_BLOCK_SIZE bytes at pa, which the caller
 * holds, before hvk_s2_table_map() shows them. Sleeps; no lock.
 */
void hvk_s2_clean_block(phys_addr_t pa);
/*
 * Makes vcpu->ctx->cfg.{vttbr,vtcr} fit for the entry: a VMID of the current
 * generation. Interrupts off. 0, or -EAGAIN: allow interrupts, hvk_vmid_wait()
 * and come again. vcpu->requests must be looked at after this, with in_guest set.
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

/* --- between the files above ------------------------------------------------ */
/*
 * Makes nr_stash full. Under lock, which it drops if it has to allocate: then
 * *dropped. 0 or -ENOMEM, with the lock held in either case.
 */
int hvk_s2_fill_stash(struct hvk_s2 *s2, bool *dropped);
/*
 * Cleans all that was unmapped, whoever unmapped it: a notifier that finds a page
 * gone already gives it back to the host as well. s2->lock is held, and dropped in
 * between for others that want it, and if may_sleep for the scheduler. Before the
 * first step of an unmapping, after each, and so before the memory is given back.
 */
void hvk_s2_settle(struct hvk_s2 *s2, bool may_sleep);
/*
 * Calls step on [ipa, end) until it is done, and cleans what that unmapped; the
 * lock is dropped in between for others that want it, and if may_sleep for the
 * scheduler.
 */
void hvk_s2_range(struct hvk_s2 *s2, u64 ipa, u64 end, bool may_sleep,
		  u64 (*step)(struct hvk_s2_table *t, u64 ipa, u64 end));
/*
 * Sleeps until the invalidation is over that made a fault give up which had read
 * `seq` from mn_seq. Not within slots_srcu, which that invalidation may wait for.
 * 0, or -EINTR: a signal.
 */
int hvk_s2_wait(struct hvk_s2 *s2, unsigned long seq);
/*
 * From begin to end faults on the host's addresses [start, end) are taken again.
 * Both take s2->lock.
 */
void hvk_s2_inval_begin(struct hvk_s2 *s2, unsigned long start,
			unsigned long end);
void hvk_s2_inval_end(struct hvk_s2 *s2);

#endif /* HVK_STAGE2_H */
