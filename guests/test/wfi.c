// SPDX-License-Identifier: BSD-2-Clause
/*
 * WFI and WFE: events that wake a PE, with interrupts masked in PSTATE or not. A wake-up that
 * comes just before the PE sleeps must not be lost (DDI 0487 D1.6).
 */

#include "check.h"
#include "gic.h"
#include "printf.h"
#include "psci.h"
#include "smp.h"
#include "timer.h"

#define VTIMER	   BOARD_INTID_VTIMER
#define PTIMER	   BOARD_INTID_PTIMER
#define RTC	   BOARD_INTID_PL031
#define SPI	   70
#define SGI	   2
#define TIME_LIMIT 10000 /* ms */

#define RTCDR	(BOARD_PL031 + 0x00)
#define RTCMR	(BOARD_PL031 + 0x04)
#define RTCIMSC (BOARD_PL031 + 0x10)
#define RTCICR	(BOARD_PL031 + 0x1c)

static volatile uint32_t taken;

static void on_interrupt(unsigned int intid, void *arg)
{
	(void)arg;
	if (intid == VTIMER)
		timer_stop();
	if (intid == RTC) {
		mmio_write32(RTCIMSC, 0);
		mmio_write32(RTCICR, 1);
	}
	taken = intid;
}

/* Arms the timer, so that a test in which nothing else wakes the PE fails and does not hang. */
static void wake_at_the_latest(void)
{
	timer_arm(timer_now() + timer_ticks(TIME_LIMIT * 1000ul));
}

/*
 * Sleeps until an interrupt can be acknowledged. A WFI may end without a reason, so `wakes`
 * counts how often it ended: a large number would mean that the PE does not sleep.
 */
static unsigned int wakes;

static uint32_t sleep_and_ack(void)
{
	uint32_t iar;

	for (wakes = 1;; wakes++) {
		wfi();
		iar = gic_ack();
		if ((iar & 0x3ff) != GIC_SPURIOUS)
			return iar;
	}
}

static void by_timer(void)
{
	uint64_t deadline = timer_now() + timer_ticks(3000);

	timer_arm(deadline);
	check("timer-masked-wakes", VTIMER, sleep_and_ack());
	check_at_least("timer-masked-in-time", deadline, timer_now());
	check_at_most("timer-masked-sleeps", 10, wakes);
	timer_stop();
	gic_eoi(VTIMER);

	taken = 0;
	irq_enable();
	timer_arm(timer_now() + timer_ticks(3000));
	while (!taken)
		wfi();
	irq_disable();
	check("timer-unmasked", VTIMER, taken);

	timer_arm(timer_now() - 1000);
	check("timer-over-before-wfi", VTIMER, sleep_and_ack());
	timer_stop();
	gic_eoi(VTIMER);

	/* An elapsed virtual timer that is masked in its control register does not wake. */
	deadline = timer_now() + timer_ticks(3000);
	sysreg_write(cntp_tval_el0, timer_ticks(3000));
	sysreg_write(cntp_ctl_el0, TIMER_ENABLE);
	sysreg_write(cntv_cval_el0, 0);
	sysreg_write(cntv_ctl_el0, TIMER_ENABLE | TIMER_IMASK);
	gic_enable(PTIMER);
	isb();
	check("physical-timer-wakes", PTIMER, sleep_and_ack());
	check_at_least("physical-timer-in-time", deadline, timer_now());
	check_at_most("physical-timer-sleeps", 10, wakes);
	sysreg_write(cntp_ctl_el0, 0);
	sysreg_write(cntv_ctl_el0, 0);
	isb();
	gic_eoi(PTIMER);
	gic_disable(PTIMER);
}

static void by_pending(void)
{
	wake_at_the_latest();
	gic_set_edge(SPI, true);
	gic_enable(SPI);
	gic_set_pending(SPI, true);
	check("already-pending", SPI, sleep_and_ack());
	gic_eoi(SPI);
	gic_send_sgi(SGI, 1);
	check("sgi-to-self", SGI, sleep_and_ack());
	gic_eoi(SGI);
	timer_stop();
}

/* An interrupt of a device: the PL031, whose line the VMM raises from another thread. */
static void by_device(void)
{
	wake_at_the_latest();
	gic_enable(RTC);
	mmio_write32(RTCICR, 1);
	mmio_write32(RTCMR, mmio_read32(RTCDR) + 1);
	mmio_write32(RTCIMSC, 1);
	taken = 0;
	irq_enable();
	while (!taken)
		wfi();
	irq_disable();
	timer_stop();
	check("rtc-alarm", RTC, taken);
	gic_disable(RTC);
}

/* PE 1 sends SGIs to PE 0 at different times, from before to after PE 0's WFI. */
static volatile uint32_t round_asked, stop;

static void wake_other(void *arg)
{
	uint32_t seen = 0;

	(void)arg;
	while (!stop) {
		if (round_asked == seen) {
			relax();
			continue;
		}
		seen = round_asked;
		for (volatile unsigned int i = 0; i < seen * 13 % 700; i++)
			;
		gic_send_sgi(SGI, 1);
	}
}

static void by_other(void)
{
	unsigned int woken = 0;

	smp_start(1, wake_other, NULL);
	for (uint32_t i = 1; i <= 200; i++) {
		uint32_t iar;

		wake_at_the_latest();
		round_asked = i;
		iar = sleep_and_ack();
		timer_stop();
		if ((iar & 0x3ff) != SGI)
			break;
		gic_eoi(iar);
		woken++;
	}
	stop = 1;
	smp_wait_off(1, TIME_LIMIT);
	check("sgi-from-other-200-times", 200, woken);
}

/* WFE ends with an event, and may end without one; it must not sleep for ever. */
static volatile uint32_t flag;

static void set_flag(void *arg)
{
	(void)arg;
	timer_delay(2000);
	flag = 1;
	sev();
}

static void events(void)
{
	sev();
	wfe();
	check_true("wfe-after-sev", true);
	flag = 0;
	smp_start(1, set_flag, NULL);
	while (!flag)
		wfe();
	smp_wait_off(1, TIME_LIMIT);
	check("wfe-woken-by-other", 1, flag);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	gic_set_handler(VTIMER, on_interrupt, NULL);
	gic_set_handler(RTC, on_interrupt, NULL);
	gic_enable(VTIMER);
	gic_enable(SGI);
	by_timer();
	by_pending();
	by_device();
	if (smp_count() > 1) {
		by_other();
		events();
	} else {
		check_skip("sgi-from-other-200-times", "one PE");
	}
	check_finish();
}
