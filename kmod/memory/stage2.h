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
#ifndef HVK_MEMORY_STAGE2_H
#define HVK_MEMORY_STAGE2_H

#include <linux/types.h>

#include "memory/stage2_state.h"
#include "memory/table.h"

struct hvk_vm;

/*
 * Sets up empty tables for ipa_bits. 0, -EINVAL (ipa_bits: not from 32 to what the
 * host offers), -ENOMEM.
 */
int hvk_s2_init(struct hvk_vm *vm, unsigned int ipa_bits);
/* Frees all. No vCPU runs; all still exist; the notifier has gone. */
void hvk_s2_destroy(struct hvk_vm *vm);
/* Stops further faults and drops all mappings (the mm is going away). */
void hvk_s2_release(struct hvk_vm *vm);
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

#endif /* HVK_MEMORY_STAGE2_H */
