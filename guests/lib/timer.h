/* SPDX-License-Identifier: BSD-2-Clause */
/* Time: the virtual counter and timer (DDI 0487 D11). Ticks are CNTVCT's. */
#pragma once

#include "arch.h"

#define TIMER_ENABLE  (1u << 0)
#define TIMER_IMASK   (1u << 1)
#define TIMER_ISTATUS (1u << 2)

/* The counter; the ISB keeps the read from being done early. */
static inline uint64_t timer_now(void)
{
	isb();
	return sysreg_read(cntvct_el0);
}

uint64_t timer_ticks(uint64_t microseconds);
uint64_t timer_microseconds(uint64_t ticks);

/* The virtual timer of this PE: interrupt at `deadline`, or none. */
void timer_arm(uint64_t deadline);
void timer_stop(void);

/* Spins. */
void timer_delay(uint64_t microseconds);

/*
 * Spins until *word has at least the value `wanted`, for at most `ms`
 * milliseconds; false when the time is over.
 */
bool timer_wait_for(const volatile uint32_t *word, uint32_t wanted, unsigned int ms);
