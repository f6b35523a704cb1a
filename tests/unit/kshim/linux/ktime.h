/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_KTIME_H
#define KSHIM_KTIME_H

#include <linux/types.h>
#include <time.h>

typedef __s64 ktime_t;

#define NSEC_PER_MSEC		1000000L
#define NSEC_PER_SEC		1000000000L
#define ns_to_ktime(ns)		((ktime_t)(ns))

/* The time is the test's. */
__u64 kshim_ktime_get_ns(void);
#define ktime_get_ns()		kshim_ktime_get_ns()

#endif
