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

/*
 * Marks the 4 KiB page at ipa dirty if `slot`, which holds it, logs. Under slots_srcu;
 * any context.
 */
void hvk_mark_dirty(const struct hvk_slot *slot, u64 ipa);
/* The answer to KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, and the bits that its argument may have. */
#define HVK_DIRTY_MANUAL_CAPS						\
	(KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET)
/*
 * Allocates the bitmap of a region that is not published yet. Under slots_lock; may
 * sleep. 0 or -ENOMEM.
 */
int hvk_dirty_alloc(struct hvk_vm *vm, struct hvk_slot *slot);
/*
 * Starts logging of a published region: write-protects it, unless all its pages are
 * dirty at first (KVM_DIRTY_LOG_INITIALLY_SET). Under slots_lock; may sleep.
 */
void hvk_dirty_start(struct hvk_vm *vm, const struct hvk_slot *slot);
/*
 * KVM_ENABLE_CAP of KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2; `how` is KVM_DIRTY_LOG_* bits.
 * Process context. 0 or -EINVAL.
 */
long hvk_dirty_manual(struct hvk_vm *vm, u64 how);
/*
 * KVM_GET_DIRTY_LOG, in process context. 0; -EINVAL (slot number out of range), -ENOENT
 * (no such region, or it does not log), -EFAULT, -ENOMEM.
 */
int hvk_dirty_get(struct hvk_vm *vm, const struct kvm_dirty_log *log);
/*
 * KVM_CLEAR_DIRTY_LOG. The same errors; -EINVAL also for pages that are not the
 * region's or are not whole words of its bitmap.
 */
int hvk_dirty_clear(struct hvk_vm *vm, const struct kvm_clear_dirty_log *log);

#endif /* HVK_MEMORY_DIRTY_H */
