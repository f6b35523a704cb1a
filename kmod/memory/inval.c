// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invalidations that are under way (EL1): what the host takes back of guest memory
 * (memory/notifier.c), and slots that are removed (hvk_s2_freeze()).
 *
 * A fault and an invalidation race like this: the fault reads mn_seq, asks the
 * host for the page, takes s2->lock and looks again (populate.c). An
 * invalidation that started before has mn_active up, one that has ended has
 * moved mn_seq; in both cases the page may be gone, and the fault is taken
 * again, once the former has ended. One that starts later finds the mapping and
 * removes it.
 */
#include <linux/minmax.h>
#include <linux/wait.h>

#include "core/vm.h"
#include "memory/inval.h"

void hvk_s2_inval_begin(struct hvk_s2 *s2, unsigned long start,
			unsigned long end)
{
	write_lock(&s2->lock);
	if (!s2->mn_active++) {
		s2->mn_start = start;
		s2->mn_end = end;
	} else {
		/* One interval for all: faults between them wait needlessly. */
		s2->mn_start = min(s2->mn_start, start);
		s2->mn_end = max(s2->mn_end, end);
	}
	write_unlock(&s2->lock);
}

void hvk_s2_inval_end(struct hvk_s2 *s2)
{
	write_lock(&s2->lock);
	/* Read without the lock before a page is asked for: populate.c. */
	WRITE_ONCE(s2->mn_seq, s2->mn_seq + 1);
	s2->mn_active--;
	write_unlock(&s2->lock);
	/* mn_seq before the queue is looked at; pairs with hvk_s2_wait()'s own. */
	if (wq_has_sleeper(&s2->mn_wait))
		wake_up_all(&s2->mn_wait);
}

/*
 * A fault that gave up for an invalidation finds mn_seq as it was only as long as
 * that is under way. Trying again and again would keep a CPU from whoever has to
 * finish, for ever if the vCPU's thread is a real-time one.
 */
int hvk_s2_wait(struct hvk_s2 *s2, unsigned long seq)
{
	might_sleep();
	return wait_event_interruptible(s2->mn_wait,
					READ_ONCE(s2->mn_seq) != seq) ?
		-EINTR : 0;
}

void hvk_s2_freeze(struct hvk_vm *vm)
{
	hvk_s2_inval_begin(&vm->s2, 0, ULONG_MAX);
}

void hvk_s2_thaw(struct hvk_vm *vm)
{
	hvk_s2_inval_end(&vm->s2);
}
