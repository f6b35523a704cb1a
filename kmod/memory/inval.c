// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invalidations that are under way (EL1): of guest memory that the host takes back
 * (memory/notifier.c), and of slots that are removed (hvk_s2_freeze()).
 *
 * A fault and an invalidation race as follows. The fault reads mn_seq, gets the page
 * from the host, takes s2->lock and checks mn_active and mn_seq (populate.c). If an
 * invalidation of that address is under way, mn_active is not 0; if one has ended since
 * mn_seq was read, mn_seq has changed. In both cases the host may have taken the page
 * back, so the fault maps nothing and is retried after hvk_s2_wait(). An invalidation
 * that begins after the check finds the mapping and removes it.
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
		/*
		 * One interval covers all invalidations: faults in a gap between two
		 * wait needlessly.
		 */
		s2->mn_start = min(s2->mn_start, start);
		s2->mn_end = max(s2->mn_end, end);
	}
	write_unlock(&s2->lock);
}

void hvk_s2_inval_end(struct hvk_s2 *s2)
{
	write_lock(&s2->lock);
	/* WRITE_ONCE: mn_seq is also read without the lock (populate.c, hvk_s2_wait()). */
	WRITE_ONCE(s2->mn_seq, s2->mn_seq + 1);
	s2->mn_active--;
	write_unlock(&s2->lock);
	/*
	 * wq_has_sleeper() orders the store to mn_seq before its look at the queue;
	 * pairs with the barrier in wait_event_interruptible() below.
	 */
	if (wq_has_sleeper(&s2->mn_wait))
		wake_up_all(&s2->mn_wait);
}

/*
 * While the invalidation that made a fault give up is under way, mn_seq may still be
 * what the fault read. Retrying in a loop until then would keep the CPU from the thread
 * that has to end the invalidation, forever if the vCPU's thread has a real-time
 * priority. So the fault sleeps.
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
