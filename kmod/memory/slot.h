/* SPDX-License-Identifier: GPL-2.0-only */
/* Looking up a VM's memory regions. */
#ifndef HVK_MEMORY_SLOT_H
#define HVK_MEMORY_SLOT_H

#include <linux/bits.h>
#include <linux/types.h>

struct hvk_slot;
struct hvk_vm;

#define HVK_MAX_SLOTS		32767
/* KVM's limit; a dirty bitmap then has at most 256 MiB. */
#define HVK_MAX_SLOT_PAGES	(BIT_ULL(31) - 1)

/* The slot that holds ipa, or NULL; under slots_srcu or slots_lock. */
const struct hvk_slot *hvk_slot_find(struct hvk_vm *vm, u64 ipa);
/* The region with this number, or NULL; under slots_lock. */
struct hvk_slot *hvk_slot_by_id(struct hvk_vm *vm, u32 id);

#endif /* HVK_MEMORY_SLOT_H */
