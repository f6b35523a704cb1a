/* SPDX-License-Identifier: GPL-2.0-only */
/* Mapping guest memory in stage-2, as the guest touches it and ahead of that. */
#ifndef HVK_MEMORY_POPULATE_H
#define HVK_MEMORY_POPULATE_H

#include <linux/bits.h>
#include <linux/types.h>

struct hvk_vm;

/* `how` of hvk_s2_populate(): the access, and PAGE for a page and never a block. */
#define HVK_POPULATE_WRITE	BIT(0)
#define HVK_POPULATE_EXEC	BIT(1)
#define HVK_POPULATE_PAGE	BIT(2)
/*
 * Maps the page at ipa, or a block around it. 0; -ENOENT (no slot has it), -EROFS (a
 * write, and the slot is read-only), -EIO (the mm has gone), -ENOMEM, an errno of the
 * host's; or -EAGAIN: the host is taking the page back, or has done so: hvk_s2_wait()
 * with *seq, then retry. In the VMM's process; may sleep; slots_srcu not held.
 */
int hvk_s2_populate(struct hvk_vm *vm, u64 ipa, unsigned int how,
		    unsigned long *seq);
/*
 * HVK_PREFAULT: maps *size bytes from *ipa on, both multiples of the page size, and
 * updates the two to what is left. In the VMM's process; may sleep. 0, -EINTR, -EINVAL
 * (alignment, overflow), -ENOENT (no region there), -EFAULT, -EIO, -ENOMEM.
 */
int hvk_s2_prefault(struct hvk_vm *vm, u64 *ipa, u64 *size);

#endif /* HVK_MEMORY_POPULATE_H */
