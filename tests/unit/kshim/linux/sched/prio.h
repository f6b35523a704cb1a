/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_SCHED_PRIO_H
#define KSHIM_SCHED_PRIO_H

#define MAX_RT_PRIO	100

#endif
