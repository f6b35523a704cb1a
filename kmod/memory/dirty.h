/* SPDX-License-Identifier: GPL-2.0-only */
/* Dirty logging of memory regions: KVM_GET_DIRTY_LOG, KVM_CLEAR_DIRTY_LOG. */
#ifndef HVK_MEMORY_DIRTY_H
#define HVK_MEMORY_DIRTY_H

#include <linux/kvm.h>
#include <linux/types.h>

struct hvk_slot;
struct hvk_vm;
struct kvm_clear_dirty_log;
struct kvm_dirty_log;

/* Marks the 4 KiB page at ipa dirty if its slot logs; any context. */
void hvk_mark_dirty(const struct hvk_slot *slot, u64 ipa);
/* What KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 answers, and its argument's bits. */
#define HVK_DIRTY_MANUAL_CAPS						\
	(KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET)
/* Under slots_lock: the bitmap of a region that is not published yet. */
int hvk_dirty_alloc(struct hvk_vm *vm, struct hvk_slot *slot);
/* Starts logging of a published region: write-protects it. Under slots_lock; may sleep. */
void hvk_dirty_start(struct hvk_vm *vm, const struct hvk_slot *slot);
/* KVM_ENABLE_CAP of KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2. 0, -EINVAL. */
long hvk_dirty_manual(struct hvk_vm *vm, u64 how);
/*
 * KVM_GET_DIRTY_LOG. 0; -EINVAL (no such number), -ENOENT (no such region, or
 * it does not log), -EFAULT, -ENOMEM.
 */
int hvk_dirty_get(struct hvk_vm *vm, const struct kvm_dirty_log *log);
/* KVM_CLEAR_DIRTY_LOG. The same; -EINVAL: pages that are not the region's. */
int hvk_dirty_clear(struct hvk_vm *vm, const struct kvm_clear_dirty_log *log);

#endif /* HVK_MEMORY_DIRTY_H */
