// SPDX-License-Identifier: BSD-2-Clause
/* The virtual timer. */

#include "timer.h"

uint64_t timer_ticks(uint64_t microseconds)
{
	return microseconds * sysreg_read(cntfrq_el0) / 1000000;
}

uint64_t timer_microseconds(uint64_t ticks)
{
	return ticks * 1000000 / sysreg_read(cntfrq_el0);
}

void timer_arm(uint64_t deadline)
{
	sysreg_write(cntv_cval_el0, deadline);
	sysreg_write(cntv_ctl_el0, TIMER_ENABLE);
	isb(); /* armed before anything that follows, a WFI above all */
}

void timer_stop(void)
{
	sysreg_write(cntv_ctl_el0, 0);
	isb(); /* the line falls before the EOI that may follow */
}

void timer_delay(uint64_t microseconds)
{
	uint64_t end = timer_now() + timer_ticks(microseconds);

	while (timer_now() < end)
		relax();
}

bool timer_wait_for(const volatile uint32_t *word, uint32_t wanted, unsigned int ms)
{
	uint64_t end = timer_now() + timer_ticks((uint64_t)ms * 1000);

	while (*word < wanted) {
		if (timer_now() >= end)
			return *word >= wanted;
		relax();
	}
	dmb();
	return true;
}
