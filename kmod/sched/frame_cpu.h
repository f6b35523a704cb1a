/* SPDX-License-Identifier: GPL-2.0-only */
/* What frame.c and frame_run.c share: a schedule, and its part on one CPU. */
#ifndef HVK_FRAME_CPU_H
#define HVK_FRAME_CPU_H

#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "core/vcpu.h"
#include "uapi/hvk.h"

#define HVK_TRACE_RECORDS	2048	/* a CPU; a power of two */

struct hvk_sched;

/*
 * The windows of one CPU. Everything but window[].vcpu and the reader's end of
 * the trace is written on that CPU with interrupts off; only `now` becomes -1
 * from another CPU as well, when the timer has moved there from one that went
 * offline: it is read once wherever it is used.
 */
struct hvk_sched_cpu {
	struct hvk_sched *sched;
	int cpu;
	unsigned int first, nr;	/* in sched->window[] */
	struct hrtimer timer;

	u64 frame_ns;		/* start of the present frame, CLOCK_MONOTONIC */
	unsigned int next;	/* the window that comes next, from first on */
	int now;		/* the window that is, or -1 */
	bool given_up;		/* its vCPU has yielded */

	raw_spinlock_t lock;	/* window[].vcpu; interrupts off */

	/* A ring of one writer (this CPU) and one reader (sched->lock). */
	struct hvk_trace *trace;
	u32 trace_head, trace_tail;
	u32 trace_lost;
};

struct hvk_sched_window {
	struct hvk_window conf;
	struct hvk_vcpu *vcpu;	/* who runs in it; lock of its CPU */
	struct hvk_window_stats stats;	/* written on its CPU, read anywhere */
};

struct hvk_sched {
	refcount_t users;	/* its file, and each vCPU with a place */
	struct mutex lock;	/* start, stop, reading the trace */
	bool running;
	bool failed;		/* its file is closed, or a CPU went offline */
	u64 start_ns;		/* of the first frame; lock */
	u64 major_ns;
	unsigned int nr_windows, nr_cpus;
	struct hvk_sched_cpu *cpu;	/* nr_cpus of them */
	struct hvk_sched_window window[];
};

/* frame.c */
void hvk_sched_put(struct hvk_sched *sched);
/* frame_run.c: the part of one CPU, or NULL. */
struct hvk_sched_cpu *hvk_sched_cpu(struct hvk_sched *sched, int cpu);
/* On any CPU, sched->lock held: the timers begin, and end for good. */
int hvk_sched_start(struct hvk_sched *sched, u64 start_ns);
void hvk_sched_stop(struct hvk_sched *sched);
void hvk_sched_cpu_init(struct hvk_sched_cpu *c);
/* Takes the vCPU out of all windows. */
void hvk_sched_unregister(struct hvk_vcpu *vcpu);
/* sched->lock held: the oldest record. false: there is none. */
bool hvk_sched_trace_take(struct hvk_sched_cpu *c, struct hvk_trace *record);

#endif /* HVK_FRAME_CPU_H */
