/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_COMPILER_H
#define KSHIM_COMPILER_H

#define __user
#define __iomem
#define __rcu
#define __percpu
#define __force
#define __must_check		__attribute__((warn_unused_result))
#define __maybe_unused		__attribute__((unused))
#ifndef __cplusplus		/* whose own headers use these names */
#undef __always_inline		/* the user headers' own */
#define __always_inline		inline __attribute__((always_inline))
#define __aligned(n)		__attribute__((aligned(n)))
#define __packed		__attribute__((packed))
#define __printf(a, b)		__attribute__((format(printf, a, b)))
#define __init
#define __exit
#define __ro_after_init
#define __acquires(x)
#define __releases(x)
#define __must_hold(x)
#define noinline		__attribute__((noinline))
#define fallthrough		__attribute__((fallthrough))
#endif
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)

/* The tests have one thread that runs module code. */
#define barrier()		__asm__ __volatile__("" ::: "memory")
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))

#if !defined(__cplusplus) && !defined(static_assert)
#define static_assert		_Static_assert
#endif

#endif
