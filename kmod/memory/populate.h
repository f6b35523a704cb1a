/* SPDX-License-Identifier: GPL-2.0-only */
/* Mapping guest memory in stage-2, as the guest touches it and ahead of that. */
#ifndef HVK_MEMORY_POPULATE_H
#define HVK_MEMORY_POPULATE_H

#include <linux/bits.h>
#include <linux/types.h>

struct hvk_streak;
struct hvk_vm;

/*
 * `how` of hvk_s2_populate(): the access, and PAGE for pages and never a block: the vCPU
 * has a window of time, which is too short for cleaning 2 MiB; or the host took the memory
 * back while a block of it was cleaned, which could repeat for ever.
 */
#define HVK_POPULATE_WRITE	BIT(0)
#define HVK_POPULATE_EXEC	BIT(1)
#define HVK_POPULATE_PAGE	BIT(2)
/*
 * Maps the page at ipa, or a block around it. 0; -ENOENT (no slot has it), -EROFS (a
 * write, and the slot is read-only), -EIO (the mm has gone), -ENOMEM, an errno of the
 * host's; or -EAGAIN: the host is taking the page back, or has done so: hvk_s2_wait()
 * with *seq, then retry. streak, or NULL: the pages that this vCPU has touched one after
 * the other; if ipa is the next of them, pages ahead are brought in too where that is
 * cheap and nobody's loss. In the VMM's process; may sleep; slots_srcu not held.
 */
int hvk_s2_populate(struct hvk_vm *vm, u64 ipa, unsigned int how,
		    struct hvk_streak *streak, unsigned long *seq);
/*
 * HVK_PREFAULT: maps *size bytes from *ipa on, both multiples of the page size, and
 * updates the two to what is left. In the VMM's process; may sleep. 0, -EINTR, -EINVAL
 * (alignment, overflow), -ENOENT (no region there), -EFAULT, -EIO, -ENOMEM.
 */
int hvk_s2_prefault(struct hvk_vm *vm, u64 *ipa, u64 *size);

#endif /* HVK_MEMORY_POPULATE_H */
