/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_SCHED_TASK_H
#define KSHIM_SCHED_TASK_H

#include <linux/sched.h>

/* A test that has threads says what a reference to one is. */

#endif
