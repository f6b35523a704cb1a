// SPDX-License-Identifier: GPL-2.0-only
/*
 * SCHED_FIFO of the threads of vCPUs with windows: fifo.h (EL1).
 *
 * The scheduler's own functions change a thread's class, and only in process context: they
 * cost some 4,000 instructions each. A thread that is outside of KVM_RUN when its window ends
 * would keep the next window's thread, which has the same priority, from its CPU. So the
 * window's timer wakes a thread of this module there, which is more urgent than both, and
 * which ends the other's SCHED_FIFO before the next window's thread runs.
 *
 * SCHED_FIFO is the thread's on any CPU that it or the kernel moves it to, and is lent by
 * PI futexes. So a thread keeps it only if it could have given it to itself.
 *
 * Who ends it must not wait for a thread that is less urgent: so there is a spinlock for
 * the two pointers, but no lock while the class is changed. A thread whose class is being
 * changed waits for that (`ending`) before it becomes SCHED_FIFO again.
 */
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <uapi/linux/sched/types.h>

#include "base/compat.h"
#include "sched/fifo.h"

/* What sched_set_fifo() gives: as urgent as a threaded interrupt handler. */
#define VCPU_PRIORITY	(MAX_RT_PRIO / 2)

static DEFINE_RAW_SPINLOCK(fifo_lock);	/* the list, and both pointers; interrupts off */
static LIST_HEAD(all_fifos);
static DECLARE_WAIT_QUEUE_HEAD(ended);

static void set_fifo(struct task_struct *task, unsigned int priority)
{
	/* What the thread starts outside of KVM_RUN is not to be SCHED_FIFO for ever. */
	const struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_FIFO,
		.sched_flags = SCHED_FLAG_RESET_ON_FORK,
		.sched_priority = priority,
	};

	WARN_ON_ONCE(sched_setattr_nocheck(task, &attr));
}

/* --- ending it ----------------------------------------------------------------- */

static void end_work(struct kthread_work *work)
{
	struct hvk_fifo *fifo = container_of(work, struct hvk_fifo, work);
	struct task_struct *task;

	raw_spin_lock_irq(&fifo_lock);
	task = fifo->task;
	fifo->task = NULL;
	fifo->ending = task;
	raw_spin_unlock_irq(&fifo_lock);
	if (!task)
		return;

	sched_set_normal(task, 0);

	raw_spin_lock_irq(&fifo_lock);
	fifo->ending = NULL;
	raw_spin_unlock_irq(&fifo_lock);
	wake_up_all(&ended);
	put_task_struct(task);
}

void hvk_fifo_end(struct hvk_fifo *fifo)
{
	/*
	 * The window is closed before the look: either the thread is seen here, or its look
	 * at the window, after it was left, finds that closed. Pairs with hvk_place_end().
	 */
	smp_mb();
	if (READ_ONCE(fifo->task))
		kthread_queue_work(fifo->worker, &fifo->work);
}

void hvk_fifo_end_sync(struct hvk_fifo *fifo)
{
	bool there;

	/* The lock orders the look as the barrier above does. */
	raw_spin_lock_irq(&fifo_lock);
	there = fifo->task || fifo->ending;
	raw_spin_unlock_irq(&fifo_lock);
	if (!there)
		return;
	kthread_queue_work(fifo->worker, &fifo->work);
	kthread_flush_work(&fifo->work);
}

/* --- the thread's side ----------------------------------------------------------- */

/* Takes the current thread from where it was left. Whether it was there. */
static bool take(struct hvk_fifo *fifo)
{
	lockdep_assert_held(&fifo_lock);
	if (fifo->task != current)
		return false;
	fifo->task = NULL;
	put_task_struct(current);	/* not the last one: it is running */
	return true;
}

/* Whether the current thread's class is being changed. */
static bool being_ended(void)
{
	const struct hvk_fifo *fifo;
	bool found = false;

	raw_spin_lock_irq(&fifo_lock);
	list_for_each_entry(fifo, &all_fifos, all)
		found |= fifo->ending == current;
	raw_spin_unlock_irq(&fifo_lock);
	return found;
}

/* What the scheduler asks of a thread that makes itself SCHED_FIFO. */
static bool may_be_fifo(void)
{
	return rlimit(RLIMIT_RTPRIO) >= VCPU_PRIORITY ||
	       ns_capable_noaudit(&init_user_ns, CAP_SYS_NICE);
}

/* The thread was left on another CPU, or not at all. */
static noinline void begin_anew(void)
{
	struct hvk_fifo *fifo;

	raw_spin_lock_irq(&fifo_lock);
	list_for_each_entry(fifo, &all_fifos, all)
		take(fifo);
	raw_spin_unlock_irq(&fifo_lock);
	wait_event(ended, !being_ended());
	set_fifo(current, VCPU_PRIORITY);
}

void hvk_fifo_begin(struct hvk_fifo *fifo, bool *may_keep)
{
	bool found;

	raw_spin_lock_irq(&fifo_lock);
	found = take(fifo);
	raw_spin_unlock_irq(&fifo_lock);
	/* Its VMM may have changed the priority meanwhile. */
	if (found && current->policy == SCHED_FIFO &&
	    current->rt_priority == VCPU_PRIORITY)
		return;
	begin_anew();
	*may_keep = HVK_SETSCHED_IS_PROMPT && may_be_fifo();
}

bool hvk_fifo_keep(struct hvk_fifo *fifo)
{
	bool free;

	lockdep_assert_irqs_disabled();
	raw_spin_lock(&fifo_lock);
	free = !fifo->task;
	if (free) {
		get_task_struct(current);
		fifo->task = current;
	}
	raw_spin_unlock(&fifo_lock);
	return free;
}

bool hvk_fifo_unkeep(struct hvk_fifo *fifo)
{
	bool found;

	lockdep_assert_irqs_disabled();
	raw_spin_lock(&fifo_lock);
	found = take(fifo);
	raw_spin_unlock(&fifo_lock);
	return found;
}

/* --- lifetime --------------------------------------------------------------------- */

int hvk_fifo_init(struct hvk_fifo *fifo, int cpu)
{
	struct kthread_worker *worker;

	worker = hvk_kthread_worker_on_cpu(cpu, "hvk-frame/%u");
	if (IS_ERR(worker))
		return PTR_ERR(worker);
	set_fifo(worker->task, VCPU_PRIORITY + 1);
	kthread_init_work(&fifo->work, end_work);
	fifo->worker = worker;
	raw_spin_lock_irq(&fifo_lock);
	list_add(&fifo->all, &all_fifos);
	raw_spin_unlock_irq(&fifo_lock);
	return 0;
}

void hvk_fifo_destroy(struct hvk_fifo *fifo)
{
	if (!fifo->worker)
		return;
	hvk_fifo_end_sync(fifo);
	kthread_destroy_worker(fifo->worker);
	fifo->worker = NULL;
	raw_spin_lock_irq(&fifo_lock);
	WARN_ON_ONCE(fifo->task);
	list_del(&fifo->all);
	raw_spin_unlock_irq(&fifo_lock);
}

void hvk_fifo_bind(struct hvk_fifo *fifo, int cpu)
{
	set_cpus_allowed_ptr(fifo->worker->task, cpumask_of(cpu));
}
