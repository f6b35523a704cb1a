/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_ATOMIC_H
#define KSHIM_ATOMIC_H

#include <asm/barrier.h>
#include <linux/types.h>

#define ATOMIC_INIT(n)		{ (n) }
#define atomic_read(a)		__atomic_load_n(&(a)->counter, __ATOMIC_RELAXED)
#define atomic_set(a, n)	__atomic_store_n(&(a)->counter, n, __ATOMIC_RELAXED)
#define atomic_inc(a)		((void)__atomic_add_fetch(&(a)->counter, 1, __ATOMIC_RELAXED))
#define atomic_dec(a)		((void)__atomic_sub_fetch(&(a)->counter, 1, __ATOMIC_RELAXED))
#define atomic_add(n, a)		((void)__atomic_add_fetch(&(a)->counter, n, __ATOMIC_RELAXED))
#define atomic_or(n, a)		((void)__atomic_or_fetch(&(a)->counter, n, __ATOMIC_RELAXED))
#define atomic_andnot(n, a)	((void)__atomic_and_fetch(&(a)->counter, ~(n), __ATOMIC_RELAXED))
#define atomic_dec_and_test(a)	(!__atomic_sub_fetch(&(a)->counter, 1, __ATOMIC_SEQ_CST))
#define atomic64_read(a)	atomic_read(a)
#define ATOMIC64_INIT(n)	{ (n) }
#define atomic64_set(a, n)	atomic_set(a, n)
#define atomic64_add(n, a)	((void)__atomic_add_fetch(&(a)->counter, n, __ATOMIC_RELAXED))
#define atomic64_sub(n, a)	((void)__atomic_sub_fetch(&(a)->counter, n, __ATOMIC_RELAXED))
#define atomic64_add_return(n, a) __atomic_add_fetch(&(a)->counter, n, __ATOMIC_SEQ_CST)
#define atomic64_xchg(a, n)	__atomic_exchange_n(&(a)->counter, n, __ATOMIC_SEQ_CST)

static inline void atomic64_or(s64 n, atomic64_t *a)
{
	__atomic_or_fetch(&a->counter, n, __ATOMIC_RELAXED);
}

static inline s64 atomic64_cmpxchg(atomic64_t *a, s64 old, s64 new_value)
{
	__atomic_compare_exchange_n(&a->counter, &old, new_value, 0,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return old;
}
#define cmpxchg(p, old, v)						\
	({								\
		__typeof__(*(p)) kshim_old = (old);			\
									\
		__atomic_compare_exchange_n(p, &kshim_old, v, 0,	\
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
		kshim_old;						\
	})
#define xchg(p, v)		__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)

#endif
