/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_SCHED_SIGNAL_H
#define KSHIM_SCHED_SIGNAL_H

#include <linux/sched.h>

#endif
