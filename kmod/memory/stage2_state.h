/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage-2 translation of one VM. */
#ifndef HVK_MEMORY_STAGE2_STATE_H
#define HVK_MEMORY_STAGE2_STATE_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "memory/notifier_state.h"
#include "memory/table_state.h"

struct hvk_s2 {
	rwlock_t lock;		/* tables and all below; taken with interrupts on */
	struct hvk_s2_table table;
	phys_addr_t root_pa;
	unsigned int ipa_bits;
	u64 vtcr;		/* VTCR_EL2 of this VM */
	atomic64_t vmid;	/* generation | VMID; its rules are in vmid.c */
	bool released;		/* the mm has gone: nothing is mapped again */

	/* Zeroed tables for the walker, allocated while the lock is not held. */
	u64 *stash[HVK_S2_MAP_TABLES];
	unsigned int nr_stash;

	struct hvk_s2_notifier notifier;
	unsigned long mn_seq;	/* invalidations finished */
	long mn_active;		/* invalidations under way */
	/* One interval that covers all of those, as host virtual addresses. */
	unsigned long mn_start, mn_end;
	wait_queue_head_t mn_wait;	/* until mn_seq changes; hvk_s2_wait() */
};

#endif /* HVK_MEMORY_STAGE2_STATE_H */
