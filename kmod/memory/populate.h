/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest memory into stage-2, as the guest touches it and ahead of that. */
#ifndef HVK_MEMORY_POPULATE_H
#define HVK_MEMORY_POPULATE_H

#include <linux/bits.h>
#include <linux/types.h>

struct hvk_vm;

/* What the page is wanted for, and that it shall be a page and no block. */
#define HVK_POPULATE_WRITE	BIT(0)
#define HVK_POPULATE_EXEC	BIT(1)
#define HVK_POPULATE_PAGE	BIT(2)
/*
 * Maps the page at ipa, or a block around it. 0; -ENOENT (no slot has it), -EROFS
 * (a write, and the slot is read-only), an errno of the host's; or -EAGAIN: the host
 * takes the page back, or has; then hvk_s2_wait() with *seq. The VMM's process; may
 * sleep; slots_srcu not held.
 */
int hvk_s2_populate(struct hvk_vm *vm, u64 ipa, unsigned int how,
		    unsigned long *seq);
/*
 * HVK_PREFAULT: maps all of *size bytes from *ipa on, and says in them what is
 * left. The VMM's process. 0, -EINTR, -EINVAL, -ENOENT, -EFAULT, -ENOMEM.
 */
int hvk_s2_prefault(struct hvk_vm *vm, u64 *ipa, u64 *size);

#endif /* HVK_MEMORY_POPULATE_H */
