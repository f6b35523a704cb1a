/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_SCHED_H
#define KSHIM_SCHED_H

struct task_struct;

#define cond_resched()	do { } while (0)

#endif
