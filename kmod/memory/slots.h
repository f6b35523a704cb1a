/* SPDX-License-Identifier: GPL-2.0-only */
/* Changing the memory regions of a VM, for the VMM's ioctls. Process context. */
#ifndef HVK_MEMORY_SLOTS_H
#define HVK_MEMORY_SLOTS_H

#include <linux/types.h>

struct hvk_vm;
struct kvm_userspace_memory_region;

/* Sets up an empty table of regions. 0 or an errno. */
int hvk_slots_init(struct hvk_vm *vm);
/* Frees all regions: none has mappings or readers any more. */
void hvk_slots_destroy(struct hvk_vm *vm);
/*
 * KVM_SET_USER_MEMORY_REGION: creates, moves or deletes a region, or changes whether it
 * logs. In the VMM's process; sleeps. 0; -EINVAL (alignment, flags, range, more than
 * HVK_MAX_SLOT_PAGES, a change that a region does not allow, or no region to delete),
 * -EEXIST (overlap), -EFAULT (beyond the IPA space), -ENOMEM (also: RLIMIT_MEMLOCK,
 * where guest memory is pinned). Deleting needs no memory.
 */
int hvk_slots_set(struct hvk_vm *vm,
		  const struct kvm_userspace_memory_region *region);
/* Unmaps all regions from stage-2, for a guest that is restarted. Sleeps. */
void hvk_slots_unmap_all(struct hvk_vm *vm);
/*
 * For HVK_PINS_MEMORY, when a process closes a file of the VM: if the memory of the
 * VM's own process has gone, and with it every vCPU's thread, marks the VM dead and
 * unpins all pages, whoever else still has such a file. Sleeps.
 */
void hvk_slots_flush(struct hvk_vm *vm);

#endif /* HVK_MEMORY_SLOTS_H */
