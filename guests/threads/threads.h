/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel in a partition: threads of one PE, switched by a timer and when one
 * sleeps or ends. No priorities: each in its turn, the idle thread when there is
 * nobody else.
 */
#pragma once

#include "partition.h"

typedef void thread_function(void *arg);

/* The callers of these run with interrupts enabled. */
void thread_create(unsigned int number, thread_function *function, void *arg);
void thread_sleep(uint64_t ms);

/* Runs threads, switching every `slice` microseconds, until all have ended. */
void threads_run(uint64_t slice);

/* Since threads_run(): switches, those that a thread did not ask for, and to idle. */
struct thread_counts {
	unsigned int switches;
	unsigned int preemptions;
	unsigned int idle;
};

extern struct thread_counts thread_counts;
