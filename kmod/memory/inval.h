/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidations under way: the guest's faults wait until the host has taken its memory
 * back.
 */
#ifndef HVK_MEMORY_INVAL_H
#define HVK_MEMORY_INVAL_H

#include <linux/types.h>

struct hvk_s2;
struct hvk_vm;

/*
 * Enclose the removal of a slot: from freeze to thaw no fault maps anything, all faults
 * wait. The order is: freeze, unmap the slot, publish vm->slots without it, wait for
 * slots_srcu, thaw. So the MMU notifier finds in vm->slots every slot that has
 * mappings. Process context.
 */
void hvk_s2_freeze(struct hvk_vm *vm);
void hvk_s2_thaw(struct hvk_vm *vm);
/*
 * Sleeps until the invalidation that made a fault give up is over; `seq` is the mn_seq
 * that the fault had read. Not within slots_srcu: that invalidation may itself wait for
 * slots_srcu's readers. 0, or -EINTR on a signal.
 */
int hvk_s2_wait(struct hvk_s2 *s2, unsigned long seq);
/*
 * From begin to end, faults on the host virtual addresses [start, end) map nothing and
 * are retried. Several invalidations may overlap. Both functions take s2->lock for
 * writing.
 */
void hvk_s2_inval_begin(struct hvk_s2 *s2, unsigned long start,
			unsigned long end);
void hvk_s2_inval_end(struct hvk_s2 *s2);

#endif /* HVK_MEMORY_INVAL_H */
