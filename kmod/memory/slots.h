/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory regions of a VM: what the VMM's ioctls change. */
#ifndef HVK_MEMORY_SLOTS_H
#define HVK_MEMORY_SLOTS_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_userspace_memory_region;

int hvk_slots_init(struct hvk_vm *vm);
/* Frees all; nobody reads them any more. */
void hvk_slots_destroy(struct hvk_vm *vm);
/*
 * KVM_SET_USER_MEMORY_REGION: creates, moves, deletes a region or changes
 * whether it logs. 0; -EINVAL (alignment, flags, range, more than
 * HVK_MAX_SLOT_PAGES, or a change that a region does not allow), -EEXIST
 * (overlap), -EFAULT (beyond the IPA space), -ENOMEM (also: RLIMIT_MEMLOCK, where
 * guest memory is pinned). Deleting needs no memory.
 */
int hvk_slots_set(struct hvk_vm *vm,
		  const struct kvm_userspace_memory_region *region);
/* Unmaps all RAM from stage-2, for a guest that is restarted. */
void hvk_slots_unmap_all(struct hvk_vm *vm);
/*
 * A process closes a file of the VM (HVK_PINS_MEMORY): if the memory of the VM's own
 * process has gone, and with it every vCPU's thread, no page stays pinned, whoever
 * else has such a file. Process context.
 */
void hvk_slots_flush(struct hvk_vm *vm);

#endif /* HVK_MEMORY_SLOTS_H */
