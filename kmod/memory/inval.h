/* SPDX-License-Identifier: GPL-2.0-only */
/* Invalidations under way: faults wait until the host has taken back what it wants. */
#ifndef HVK_MEMORY_INVAL_H
#define HVK_MEMORY_INVAL_H

#include <linux/types.h>

struct hvk_s2;
struct hvk_vm;

/*
 * Around the removal of a slot: until the thaw no fault maps anything, all
 * wait. Freeze, unmap the slot, publish vm->slots without it and wait for
 * slots_srcu, thaw: the notifier finds every slot that has mappings.
 */
void hvk_s2_freeze(struct hvk_vm *vm);
void hvk_s2_thaw(struct hvk_vm *vm);
/*
 * Sleeps until the invalidation is over that made a fault give up which had read
 * `seq` from mn_seq. Not within slots_srcu, which that invalidation may wait for.
 * 0, or -EINTR: a signal.
 */
int hvk_s2_wait(struct hvk_s2 *s2, unsigned long seq);
/*
 * From begin to end faults on the host's addresses [start, end) are taken again.
 * Both take s2->lock.
 */
void hvk_s2_inval_begin(struct hvk_s2 *s2, unsigned long start,
			unsigned long end);
void hvk_s2_inval_end(struct hvk_s2 *s2);

#endif /* HVK_MEMORY_INVAL_H */
