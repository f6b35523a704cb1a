/* SPDX-License-Identifier: BSD-2-Clause */
/* Time: the virtual counter and timer (DDI 0487 D11). Ticks are those of CNTVCT_EL0. */
#pragma once

#include "arch.h"

#define TIMER_ENABLE  (1u << 0)
#define TIMER_IMASK   (1u << 1)
#define TIMER_ISTATUS (1u << 2)

/* The virtual counter now; without the ISB it might be read before earlier instructions. */
static inline uint64_t timer_now(void)
{
	isb();
	return sysreg_read(cntvct_el0);
}

/* Conversions between ticks and units of time. */
uint64_t timer_ticks(uint64_t microseconds);
uint64_t timer_microseconds(uint64_t ticks);
uint64_t timer_nanoseconds(uint64_t ticks);

/*
 * Set this PE's virtual timer to raise BOARD_INTID_VTIMER at `deadline` (a value of
 * timer_now()), or stop it. The caller enables and handles the interrupt.
 */
void timer_arm(uint64_t deadline);
void timer_stop(void);

/*
 * The same with a handler, which is called in interrupt context on this PE: once, or every
 * `microseconds` until timer_stop(). A period starts at the previous deadline, so that
 * nothing drifts; deadlines that have been missed are skipped.
 */
typedef void timer_handler(void *arg);

void timer_once(uint64_t microseconds, timer_handler *handler, void *arg);
void timer_every(uint64_t microseconds, timer_handler *handler, void *arg);

/* Spins for at least that long. */
void timer_delay(uint64_t microseconds);

/*
 * Spins until *word, which another PE or a handler writes, is at least `wanted`; false after
 * `ms` milliseconds.
 */
bool timer_wait_for(const volatile uint32_t *word, uint32_t wanted, unsigned int ms);
