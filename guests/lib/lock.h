/* SPDX-License-Identifier: BSD-2-Clause */
/* A spinlock between PEs. Exclusives need Normal cacheable memory, so the MMU must be on. */
#pragma once

#include "arch.h"

struct lock {
	uint32_t taken;
};

static inline void lock_acquire(struct lock *lock)
{
	uint32_t seen, failed;

	asm volatile("	sevl\n"
		     "1:	wfe\n"
		     "2:	ldaxr	%w0, [%2]\n"
		     "	cbnz	%w0, 1b\n"
		     "	stxr	%w1, %w3, [%2]\n"
		     "	cbnz	%w1, 2b\n"
		     : "=&r"(seen), "=&r"(failed)
		     : "r"(&lock->taken), "r"(1)
		     : "memory");
}

/* The store-release clears waiters' exclusive monitors, an event that ends their WFE. */
static inline void lock_release(struct lock *lock)
{
	asm volatile("stlr wzr, [%0]" ::"r"(&lock->taken) : "memory");
}
