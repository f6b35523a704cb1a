/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 translation of one VM: tables, VMID, faults, the MMU notifier.
 */
#ifndef HVK_STAGE2_H
#define HVK_STAGE2_H

#include <linux/mmu_notifier.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct hvk_vm;
struct hvk_vcpu;
struct hvk_slot;

struct hvk_s2 {
	rwlock_t lock;		/* tables; notifier and faults */
	u64 *pgd;		/* root table(s), concatenated as VTCR says */
	phys_addr_t pgd_pa;
	unsigned int ipa_bits;
	unsigned int start_level;
	u64 vtcr;		/* VTCR_EL2 for this VM */
	u64 vmid;		/* generation | VMID; vmid.c */
	struct mmu_notifier mn;
	bool mn_registered;
	unsigned long mn_seq;	/* invalidations finished */
	long mn_active;		/* invalidations under way */
};

/* Sets up empty tables for ipa_bits and registers the notifier on vm->mm. */
int hvk_s2_init(struct hvk_vm *vm, unsigned int ipa_bits);
/* Unregisters the notifier; then frees all. The vCPUs are gone. */
void hvk_s2_destroy(struct hvk_vm *vm);
/* Stops further faults and drops all mappings (the mm is going away). */
void hvk_s2_release(struct hvk_vm *vm);
/*
 * Handles a stage-2 abort of the guest (data or instruction; ESR, FAR and
 * HPFAR in ctx->exit). Exit contract.
 */
int hvk_s2_abort(struct hvk_vcpu *vcpu);
/* Drops the mappings of [ipa, ipa + size). May sleep between chunks. */
void hvk_s2_unmap(struct hvk_vm *vm, u64 ipa, u64 size);
/* Write-protects a slot for dirty logging. */
void hvk_s2_wp(struct hvk_vm *vm, u64 ipa, u64 size);
/* Maps device memory (GICV) for the guest; replaces nothing: -EEXIST. */
int hvk_s2_map_device(struct hvk_vm *vm, u64 ipa, phys_addr_t pa, u64 size);
/* All of RAM out of and back into cache coherency (set/way, MMU toggles). */
void hvk_s2_flush_caches(struct hvk_vm *vm);
/*
 * Makes vcpu->ctx->cfg.{vttbr,vtcr} fit for the entry: a VMID of the current
 * generation. Interrupts off, EL2 ours.
 */
void hvk_vmid_update(struct hvk_vcpu *vcpu);
int hvk_vmid_init(void);
void hvk_vmid_exit(void);

#endif /* HVK_STAGE2_H */
