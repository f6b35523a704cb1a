/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_REFCOUNT_H
#define KSHIM_REFCOUNT_H

#include <linux/atomic.h>

typedef struct {
	atomic_t refs;
} refcount_t;

#define refcount_set(r, n)		atomic_set(&(r)->refs, n)
#define refcount_inc(r)			atomic_inc(&(r)->refs)
#define refcount_dec_and_test(r)	atomic_dec_and_test(&(r)->refs)

#endif
