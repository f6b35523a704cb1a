/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_KTHREAD_H
#define KSHIM_KTHREAD_H

#include <linux/bug.h>
#include <linux/slab.h>
#include <linux/types.h>

struct task_struct;

struct kthread_work {
	void (*func)(struct kthread_work *work);
	int queued;
};

/* A thread that a test runs itself, by kthread_flush_work(). */
struct kthread_worker {
	struct task_struct *task;	/* NULL */
};

static inline struct kthread_worker *
kthread_create_worker_on_cpu(int cpu, unsigned int flags, const char *name, ...)
{
	return kzalloc(sizeof(struct kthread_worker), GFP_KERNEL);
}

static inline void kthread_destroy_worker(struct kthread_worker *worker)
{
	kfree(worker);
}

static inline void kthread_init_work(struct kthread_work *work,
				     void (*func)(struct kthread_work *work))
{
	work->func = func;
	work->queued = 0;
}

static inline bool kthread_queue_work(struct kthread_worker *worker,
				      struct kthread_work *work)
{
	bool was = work->queued;

	work->queued = 1;
	return !was;
}

static inline void kthread_flush_work(struct kthread_work *work)
{
	if (!work->queued)
		return;
	work->queued = 0;
	work->func(work);
}

#endif
