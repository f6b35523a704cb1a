/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_SCHED_H
#define KSHIM_SCHED_H

struct task_struct;

#endif
