/* SPDX-License-Identifier: GPL-2.0-only */
/* What measures windows by VMs (frame.c) and by host threads (frame_threads.c). */
#ifndef HVK_TESTS_API_FRAME_H
#define HVK_TESTS_API_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAJOR_NS	1000000ull
#define NEIGHBOUR_NS	100000ull	/* the neighbour's offset; it has 100 us */
#define MEASURED_NS	200000ull	/* right behind it, as long */
#define WINDOW_NS	100000ull
#define TICK_NS		400000ull	/* where the host's tick falls in a frame */

/* One window of the measuring party. */
struct window {
	int64_t late_ns;	/* from its planned start to its first look at the clock */
	int64_t length_ns;	/* from its first look to its last */
};

/* When to start a schedule: soon, and with the host's tick at TICK_NS of a frame. */
uint64_t first_frame_ns(void);

/*
 * The same alternation by two SCHED_FIFO threads on `cpu`; without `hog` the
 * neighbour only sleeps. Fills nr windows; returns how many frames went by without one.
 */
size_t threads_measure(int cpu, bool hog, struct window *windows, size_t nr);

#endif /* HVK_TESTS_API_FRAME_H */
