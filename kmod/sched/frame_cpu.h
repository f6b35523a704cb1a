/* SPDX-License-Identifier: GPL-2.0-only */
/* What frame.c and frame_run.c share: a schedule, and its windows on one CPU. */
#ifndef HVK_FRAME_CPU_H
#define HVK_FRAME_CPU_H

#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "core/vcpu.h"
#include "sched/fifo.h"
#include "uapi/hvk.h"

#define HVK_TRACE_RECORDS	2048	/* per CPU; a power of two */

struct hvk_sched;

/*
 * The windows of one CPU. Once initialised, all fields but trace_tail and fifo are written on that
 * CPU with interrupts off, with one exception: after the CPU went offline, tick() or
 * hvk_sched_stop() sets `now` to -1 on another CPU. So each user reads `now` once.
 */
struct hvk_sched_cpu {
	struct hvk_sched *sched;
	int cpu;
	unsigned int first, nr;	/* its windows: first index in sched->window[], count */
	struct hrtimer timer;
	struct hvk_fifo fifo;

	u64 frame_ns;		/* start of the present frame, CLOCK_MONOTONIC */
	unsigned int next;	/* index of the window that is open or else opens next */
	int now;		/* index of the window that is open, or -1 */
	bool given_up;		/* the open window's vCPU has yielded the rest of it */

	raw_spinlock_t lock;	/* protects window[].vcpu; taken with interrupts off */

	/* A ring with one writer (this CPU) and one reader (under sched->lock). */
	struct hvk_trace *trace;
	u32 trace_head, trace_tail;
	u32 trace_lost;
};

struct hvk_sched_window {
	struct hvk_window conf;
	struct hvk_vcpu *vcpu;	/* the one that runs in it, or NULL; set under its CPU's lock */
	struct hvk_window_stats stats;	/* written on its CPU, read on any, without a lock */
};

struct hvk_sched {
	refcount_t users;	/* one for its file, one for each vCPU with a place */
	struct mutex lock;	/* serialises start, stop and reading the trace */
	bool running;
	bool failed;		/* a CPU went offline since the start, or the file was closed */
	u64 start_ns;		/* start of the first frame, CLOCK_MONOTONIC; under lock */
	u64 major_ns;
	unsigned int nr_windows, nr_cpus;
	struct hvk_sched_cpu *cpu;	/* array of nr_cpus */
	struct hvk_sched_window window[];
};

/* In frame.c: drops a reference; the last one frees the schedule. Process context. */
void hvk_sched_put(struct hvk_sched *sched);

/* All others are in frame_run.c. */

/* The schedule's windows on this CPU, or NULL if it has none there. Any context. */
struct hvk_sched_cpu *hvk_sched_cpu(struct hvk_sched *sched, int cpu);
/*
 * Starts the timers of all CPUs, for a first frame at start_ns (CLOCK_MONOTONIC) or as
 * soon as possible. A schedule that has failed begins anew. Process context on any CPU,
 * sched->lock held. 0, -EBUSY: it is running; -ENODEV: a CPU is offline, and no timer runs.
 */
int hvk_sched_start(struct hvk_sched *sched, u64 start_ns);
/*
 * Stops the timers, closes open windows and takes vCPUs out of the guest. No timer's handler
 * runs any more on return. The schedule may be started again. Process context on any CPU,
 * sched->lock held.
 */
void hvk_sched_stop(struct hvk_sched *sched);
/* Initialises lock, timer and `now`; the caller sets the rest. */
void hvk_sched_cpu_init(struct hvk_sched_cpu *c);
/* Removes the vCPU from all windows. Process context, interrupts on. */
void hvk_sched_unregister(struct hvk_vcpu *vcpu);
/* Takes the CPU's oldest trace record; sched->lock held. false: there is none. */
bool hvk_sched_trace_take(struct hvk_sched_cpu *c, struct hvk_trace *record);

#endif /* HVK_FRAME_CPU_H */
