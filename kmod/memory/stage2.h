/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 translation of one VM: tables, VMID, faults, the MMU notifier.
 *
 *   memory/table.c		the format and the walker (pure)
 *   memory/stage2.c		a VM's tables: setup, TLBs, ranges
 *   memory/populate.c		maps guest memory, on demand and ahead
 *   memory/notifier.c		unmaps what the host takes back
 *   memory/inval.c		makes faults wait for that
 *   memory/pins.c		guest memory that the host cannot take back
 *   memory/vmid.c		VMIDs
 *   base/cache.c		cache maintenance
 */
#ifndef HVK_MEMORY_STAGE2_H
#define HVK_MEMORY_STAGE2_H

#include <linux/types.h>

#include "memory/stage2_state.h"
#include "memory/table.h"

struct hvk_vm;

/*
 * Sets up empty tables for an IPA space of ipa_bits. Process context. 0, -EINVAL
 * (ipa_bits is not from 32 to hvk_host.ipa_bits), -ENOMEM.
 */
int hvk_s2_init(struct hvk_vm *vm, unsigned int ipa_bits);
/*
 * Unmaps and cleans all memory and frees the tables. No vCPU runs, but all still exist,
 * as they may be kicked; the MMU notifier is gone. May sleep.
 */
void hvk_s2_destroy(struct hvk_vm *vm);
/* Makes all further faults fail and drops all mappings (the mm is going away). May sleep. */
void hvk_s2_release(struct hvk_vm *vm);
/* Drops the mappings of [ipa, ipa + size), and cleans that memory. May sleep between steps. */
void hvk_s2_unmap(struct hvk_vm *vm, u64 ipa, u64 size);
/* Write-protects [ipa, ipa + size) for dirty logging. May sleep between steps. */
void hvk_s2_wp(struct hvk_vm *vm, u64 ipa, u64 size);
/*
 * Maps device memory (GICV) for the guest, page by page, never executable. 0, -EINVAL
 * (not page-aligned, beyond the IPA space), -EEXIST (something is mapped there, and
 * stays), -ENOMEM. May sleep.
 */
int hvk_s2_map_device(struct hvk_vm *vm, u64 ipa, phys_addr_t pa, u64 size);
/*
 * One step of cleaning and invalidating all mapped memory to the PoC, which the guest's
 * set/way operations ask for, and its MMU or caches going on or off. Goes on from *ipa,
 * 0 at first; true: done. What is mapped below *ipa meanwhile is cleaned as it is
 * mapped, and what is unmapped as it goes. At most HVK_S2_CLEAN_STEP bytes; process
 * context, does not sleep.
 */
bool hvk_s2_clean_step(struct hvk_vm *vm, u64 *ipa);
/*
 * Cleans and invalidates to the PoC the HVK_S2_BLOCK_SIZE bytes at pa, on which the
 * caller holds a reference, before hvk_s2_table_map() maps them. Sleeps; no spinlock
 * held.
 */
void hvk_s2_clean_block(phys_addr_t pa);
/* The same for nr pages. */
void hvk_s2_clean_pages(struct page *const *pages, unsigned int nr);
/*
 * Fills s2->stash. s2->lock is held for writing; if pages have to be allocated it is
 * dropped meanwhile, and *dropped is true. 0 or -ENOMEM, with the lock held in either
 * case.
 */
int hvk_s2_fill_stash(struct hvk_s2 *s2, bool *dropped);
/*
 * Cleans all that was unmapped, by whichever thread: an MMU notifier that finds a page
 * unmapped already gives it back to the host as well. s2->lock is held for writing; it
 * is dropped in between for others that want it, and for the scheduler if may_sleep. To
 * be called before the first step of an unmapping and after each, and so before the
 * memory is given back.
 */
void hvk_s2_settle(struct hvk_s2 *s2, bool may_sleep);
/*
 * Calls step until [ipa, end) is done, and cleans what it unmapped. Takes s2->lock for
 * writing and drops it in between for others that want it, and for the scheduler if
 * may_sleep.
 */
void hvk_s2_range(struct hvk_s2 *s2, u64 ipa, u64 end, bool may_sleep,
		  u64 (*step)(struct hvk_s2_table *t, u64 ipa, u64 end));

#endif /* HVK_MEMORY_STAGE2_H */
