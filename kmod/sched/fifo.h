/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SCHED_FIFO of a vCPU's thread that has a place in a schedule. It is SCHED_FIFO in KVM_RUN.
 * If it may be that by itself too, it keeps it outside while its window is open, so that an
 * exit to the VMM and back changes nothing, and is SCHED_OTHER again when the window ends,
 * wherever it is by then.
 */
#ifndef HVK_SCHED_FIFO_H
#define HVK_SCHED_FIFO_H

#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/types.h>

/* The thread outside of KVM_RUN whose window is open on one CPU, and who ends its FIFO. */
struct hvk_fifo {
	struct kthread_worker *worker;	/* on that CPU, more urgent than any vCPU's thread */
	struct kthread_work work;
	struct list_head all;		/* of all CPUs that have windows */
	struct task_struct *task;	/* with a reference, or NULL */
	struct task_struct *ending;	/* its FIFO is being ended, or NULL; with a reference */
};

/* Creates the worker of a CPU. 0, -ENOMEM, -EINTR (killed). Process context. */
int hvk_fifo_init(struct hvk_fifo *fifo, int cpu);
/*
 * Destroys the worker, if there is one; no window opens any more. Threads may still begin.
 * Process context.
 */
void hvk_fifo_destroy(struct hvk_fifo *fifo);
/*
 * Binds the worker to its CPU again: the kernel lets it run anywhere if it is woken while that
 * is offline. Process context.
 */
void hvk_fifo_bind(struct hvk_fifo *fifo, int cpu);
/*
 * KVM_RUN begins: the current thread is SCHED_FIFO on return, and nobody ends that. fifo: of
 * the CPU that it runs on. *may_keep: whether it may be SCHED_FIFO outside too; unchanged if
 * it was. May sleep.
 */
void hvk_fifo_begin(struct hvk_fifo *fifo, bool *may_keep);
/*
 * KVM_RUN ends in an open window: the current thread stays SCHED_FIFO until hvk_fifo_end().
 * Interrupts off. The caller then looks again whether the window is open: another CPU closes
 * it if this one was offline. false: another thread is outside already, and the current one
 * has to become SCHED_OTHER at once.
 */
bool hvk_fifo_keep(struct hvk_fifo *fifo);
/*
 * The window was closed meanwhile. Whether the current thread has to become SCHED_OTHER itself;
 * else the worker does that. Interrupts off.
 */
bool hvk_fifo_unkeep(struct hvk_fifo *fifo);
/* After the window was closed: a thread outside becomes SCHED_OTHER soon. Any context. */
void hvk_fifo_end(struct hvk_fifo *fifo);
/* The same; on return it has become that, if it has not come back to KVM_RUN. May sleep. */
void hvk_fifo_end_sync(struct hvk_fifo *fifo);

#endif /* HVK_SCHED_FIFO_H */
