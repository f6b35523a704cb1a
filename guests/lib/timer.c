// SPDX-License-Identifier: BSD-2-Clause
/* The virtual timer. */

#include "timer.h"

#include "gic.h"
#include "smp.h"

static struct {
	timer_handler *handler;
	void *arg;
	uint64_t deadline;
	uint64_t period;	/* 0: once */
} timers[SMP_MAX];

uint64_t timer_ticks(uint64_t microseconds)
{
	return microseconds * sysreg_read(cntfrq_el0) / 1000000;
}

uint64_t timer_microseconds(uint64_t ticks)
{
	return ticks * 1000000 / sysreg_read(cntfrq_el0);
}

/* In two parts, as ticks * 10^9 would overflow after some minutes. */
uint64_t timer_nanoseconds(uint64_t ticks)
{
	uint64_t frequency = sysreg_read(cntfrq_el0);

	return ticks / frequency * 1000000000 + ticks % frequency * 1000000000 / frequency;
}

void timer_arm(uint64_t deadline)
{
	sysreg_write(cntv_cval_el0, deadline);
	sysreg_write(cntv_ctl_el0, TIMER_ENABLE);
	isb(); /* the timer is armed before anything that follows, such as a WFI */
}

void timer_stop(void)
{
	sysreg_write(cntv_ctl_el0, 0);
	isb(); /* the timer's line goes low before an EOI that may follow */
}

static void on_timer(unsigned int intid, void *arg)
{
	unsigned int cpu = smp_id();
	uint64_t period = timers[cpu].period;
	uint64_t now;

	(void)intid;
	(void)arg;
	if (!period) {
		timer_stop();
		timers[cpu].handler(timers[cpu].arg);
		return;
	}
	now = timer_now();
	if (now >= timers[cpu].deadline)
		timers[cpu].deadline += ((now - timers[cpu].deadline) / period + 1) * period;
	timer_arm(timers[cpu].deadline);
	timers[cpu].handler(timers[cpu].arg);
}

static void start(uint64_t ticks, uint64_t period, timer_handler *handler, void *arg)
{
	unsigned int cpu = smp_id();
	uint64_t daif = irq_save();

	timers[cpu].handler = handler;
	timers[cpu].arg = arg;
	timers[cpu].deadline = timer_now() + ticks;
	timers[cpu].period = period;
	gic_set_handler(BOARD_INTID_VTIMER, on_timer, NULL);
	timer_arm(timers[cpu].deadline);
	gic_enable(BOARD_INTID_VTIMER);
	irq_restore(daif);
}

void timer_once(uint64_t microseconds, timer_handler *handler, void *arg)
{
	start(timer_ticks(microseconds), 0, handler, arg);
}

void timer_every(uint64_t microseconds, timer_handler *handler, void *arg)
{
	uint64_t period = timer_ticks(microseconds);

	start(period, period ? period : 1, handler, arg);
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
	bool late = false;

	/* Looks once more after `end`: this PE may not have run for long before. */
	while (*word < wanted) {
		if (late)
			return false;
		late = timer_now() >= end;
		relax();
	}
	dmb(); /* *word is read before what its writer has written before it */
	return true;
}
