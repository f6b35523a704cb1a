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
uint64_t timer_nanoseconds(uint64_t ticks);

/*
 * The virtual timer of this PE: interrupt BOARD_INTID_VTIMER at `deadline`, or
 * none. Enabling and handling it are the caller's.
 */
void timer_arm(uint64_t deadline);
void timer_stop(void);

/*
 * The same with a handler, which is called in interrupt context on this PE:
 * once, or every `microseconds` until timer_stop(). A period counts from the
 * deadline before; deadlines that were missed altogether are left out.
 */
typedef void timer_handler(void *arg);

void timer_once(uint64_t microseconds, timer_handler *handler, void *arg);
void timer_every(uint64_t microseconds, timer_handler *handler, void *arg);

/* Spins. */
void timer_delay(uint64_t microseconds);

/*
 * Spins until *word has at least the value `wanted`, for at most `ms`
 * milliseconds; false when the time is over.
 */
bool timer_wait_for(const volatile uint32_t *word, uint32_t wanted, unsigned int ms);
