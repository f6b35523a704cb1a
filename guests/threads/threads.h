/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel in a partition: threads on one PE, which are switched by a timer and when one
 * sleeps or ends. There are no priorities: threads run in turn, and the idle thread runs
 * when none is ready.
 */
#pragma once

#include "partition.h"

typedef void thread_function(void *arg);

/*
 * Creates thread `number`, from 1 on, which must not exist (else a panic). It runs with
 * interrupts enabled and ends when `function` returns.
 */
void thread_create(unsigned int number, thread_function *function, void *arg);
/* Lets the calling thread sleep for at least `ms` milliseconds. */
void thread_sleep(uint64_t ms);

/*
 * Runs threads, switching every `slice` microseconds, until all have ended. Called with
 * interrupts masked.
 */
void threads_run(uint64_t slice);

/* Counts of all switches, of those by preemption, and of those to the idle thread. */
struct thread_counts {
	unsigned int switches;
	unsigned int preemptions;
	unsigned int idle;
};

extern struct thread_counts thread_counts;
