// SPDX-License-Identifier: BSD-2-Clause
/*
 * The generic timer (DDI 0487 D11): deadlines, masks, the level of its line. slow_handler(),
 * straggle() and rearm() are cases in which a hypervisor that forwards the physical interrupt
 * may lose one, or may exit again and again.
 */

#include "timer.h"

#include "check.h"
#include "gic.h"
#include "printf.h"
#include "psci.h"
#include "smp.h"

#define VTIMER	   BOARD_INTID_VTIMER
#define PTIMER	   BOARD_INTID_PTIMER
#define TIME_LIMIT 10000 /* ms */
#define TRIES	   50

static volatile uint32_t fired;
static volatile uint64_t fired_at;

static void on_timer(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	fired_at = timer_now();
	timer_stop();
	fired++;
}

static bool fires_within(unsigned int ms)
{
	uint32_t before = fired;
	bool ok;

	irq_enable();
	ok = timer_wait_for(&fired, before + 1, ms);
	irq_disable();
	return ok;
}

static void registers(void)
{
	uint64_t now = timer_now();

	check_at_least("counter-moves", now + 1, timer_now() + 1);
	timer_delay(1000);
	check_at_least("counter-moved", now + timer_ticks(1000), timer_now());

	sysreg_write(cntv_ctl_el0, 0);
	sysreg_write(cntv_cval_el0, now + 1000000000);
	check("cval-reads-back", now + 1000000000, sysreg_read(cntv_cval_el0));
	check_between("tval-counts-down", 1, 1000000000, sysreg_read(cntv_tval_el0));
	sysreg_write(cntv_tval_el0, -1000);
	check_at_most("tval-negative", timer_now(), sysreg_read(cntv_cval_el0));
	sysreg_write(cntv_ctl_el0, TIMER_ENABLE | TIMER_IMASK);
	isb();
	check("istatus-while-masked", 7, sysreg_read(cntv_ctl_el0));
	check("no-interrupt-while-masked", GIC_SPURIOUS, gic_ack());
	sysreg_write(cntv_ctl_el0, 0);
	isb();
}

static void deadlines(void)
{
	static const unsigned int delays[] = { 0, 1, 10, 100, 1000, 10000, 50000 };
	unsigned int right = 0, early = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(delays); i++) {
		uint64_t deadline = timer_now() + timer_ticks(delays[i]);

		timer_arm(deadline);
		right += fires_within(TIME_LIMIT);
		early += fired_at < deadline;
	}
	check("deadlines-met", ARRAY_SIZE(delays), right);
	check("deadlines-not-early", 0, early);
}

/*
 * The line is asserted until the timer is stopped, whether the interrupt is acknowledged or
 * not. It changes asynchronously to instructions, so each check waits for a while.
 */
static void level(void)
{
	timer_arm(timer_now());
	check("line-acked", VTIMER, gic_ack_within(TIME_LIMIT));
	check("line-active", 1, gic_is_active(VTIMER));
	check("line-not-twice", GIC_SPURIOUS, gic_ack());
	gic_eoi(VTIMER);
	check("line-again-after-eoi", VTIMER, gic_ack_within(TIME_LIMIT));
	timer_stop();
	gic_eoi(VTIMER);
	check("line-gone", GIC_SPURIOUS, gic_ack_within(1));
	check("line-inactive", 0, gic_is_active(VTIMER));

	gic_disable(VTIMER);
	timer_arm(timer_now());
	check("line-disabled", GIC_SPURIOUS, gic_ack_within(1));
	check("line-pending", 1, gic_is_pending(VTIMER));
	timer_stop();
	gic_enable(VTIMER);
	check("line-withdrawn", GIC_SPURIOUS, gic_ack_within(1));

	gic_disable(VTIMER);
	timer_arm(timer_now());
	gic_enable(VTIMER);
	check("line-enabled", VTIMER, gic_ack_within(TIME_LIMIT));
	timer_stop();
	gic_eoi(VTIMER);
}

/* How many rounds a loop makes in `microseconds`. */
static uint64_t work(uint64_t microseconds)
{
	uint64_t end = timer_now() + timer_ticks(microseconds);
	uint64_t rounds = 0;

	while (sysreg_read(cntvct_el0) < end)
		rounds++;
	return rounds;
}

/*
 * A slow handler with the line asserted. If the hypervisor does not mask the physical
 * interrupt meanwhile, each entry to the guest ends at once, and the loop in the handler makes
 * hardly any rounds.
 */
static volatile uint64_t slow_rounds;

static void on_timer_slow(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	slow_rounds = work(10000);
	timer_stop();
	fired++;
}

static void slow_handler(void)
{
	uint64_t undisturbed, best = 0;

	gic_set_handler(VTIMER, on_timer_slow, NULL);
	undisturbed = work(10000);
	for (unsigned int i = 0; i < TRIES && best < undisturbed / 5; i++) {
		timer_arm(timer_now());
		if (!fires_within(TIME_LIMIT))
			break;
		if (slow_rounds > best)
			best = slow_rounds;
	}
	/*
	 * A busy host may slow one loop down and not the other, but not each time; an interrupt
	 * storm stops the second one whenever it runs.
	 */
	check_at_least("asserted-10-ms-makes-progress", undisturbed / 5, best);

	/* The line is asserted, and with interrupts masked in PSTATE not acknowledged. */
	timer_arm(timer_now());
	best = 0;
	for (unsigned int i = 0; i < TRIES && best < undisturbed / 5; i++) {
		uint64_t rounds = work(10000);

		if (rounds > best)
			best = rounds;
	}
	check_at_least("asserted-unacknowledged-makes-progress", undisturbed / 5, best);
	check_true("asserted-unacknowledged-taken", fires_within(TIME_LIMIT));
	gic_set_handler(VTIMER, on_timer, NULL);
}

/*
 * Stragglers: a deadline passes close to an exit, and the guest stops the timer without an
 * acknowledge. If the hypervisor has marked the physical interrupt active meanwhile, that must
 * not suppress the next one.
 */
static void exit_to_hypervisor(void)
{
	psci_call(PSCI_VERSION, 0, 0, 0);
}

static void exit_to_vmm(void)
{
	mmio_read32(BOARD_PL031);
}

static void exit_to_gic(void)
{
	mmio_read32(GICD_TYPER);
}

static void no_exit(void)
{
	uint64_t end = timer_now() + 100;

	while (timer_now() < end)
		;
}

static void wait_for_interrupt(void)
{
	sysreg_write(cntv_ctl_el0, TIMER_ENABLE);
	isb();
	wfi();
}

static const struct {
	const char *name;
	void (*leave)(void);
	unsigned int rounds;
} stragglers[] = {
	{ "straggler-over-hypercall", exit_to_hypervisor, 100 },
	{ "straggler-over-vmm-exit", exit_to_vmm, 50 },
	{ "straggler-over-gic-exit", exit_to_gic, 50 },
	{ "straggler-without-exit", no_exit, 100 },
	{ "straggler-over-wfi", wait_for_interrupt, 20 },
};

static void straggle(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(stragglers); i++) {
		unsigned int met = 0;

		for (unsigned int round = 0; round < stragglers[i].rounds; round++) {
			/* A later deadline in each round, from before the exit to after it. */
			timer_arm(timer_now() + round * 40);
			stragglers[i].leave();
			timer_stop();
			timer_arm(timer_now() + round * 10);
			if (!fires_within(TIME_LIMIT))
				break;
			met++;
		}
		check(stragglers[i].name, stragglers[i].rounds, met);
	}
}

/* A handler that arms the timer again before the EOI. */
static void rearm_in_handler(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	fired++;
	if (fired % 20)
		timer_arm(timer_now() + (fired % 3) * 1000);
	else
		timer_stop();
}

static void rearm(void)
{
	fired = 0;
	gic_set_handler(VTIMER, rearm_in_handler, NULL);
	timer_arm(timer_now());
	irq_enable();
	check_true("rearmed-20-times", timer_wait_for(&fired, 20, TIME_LIMIT));
	irq_disable();
	check("rearmed-then-silent", GIC_SPURIOUS, gic_ack());
	gic_set_handler(VTIMER, on_timer, NULL);
}

/* The physical timer and counter, which a hypervisor may emulate. */
static void physical(void)
{
	uint64_t before, deadline;
	uint32_t iar;

	isb();
	before = sysreg_read(cntpct_el0);
	timer_delay(1000);
	check_at_least("physical-counter-moves", before + timer_ticks(1000),
		       sysreg_read(cntpct_el0));

	deadline = sysreg_read(cntpct_el0) + timer_ticks(2000);
	sysreg_write(cntp_cval_el0, deadline);
	sysreg_write(cntp_ctl_el0, TIMER_ENABLE);
	isb();
	check("physical-cval-reads-back", deadline, sysreg_read(cntp_cval_el0));
	check("physical-ctl-reads-back", TIMER_ENABLE,
	      sysreg_read(cntp_ctl_el0) & (TIMER_ENABLE | TIMER_IMASK));
	gic_enable(PTIMER);
	iar = gic_ack_within(TIME_LIMIT);
	check("physical-timer-interrupt", PTIMER, iar);
	check_at_least("physical-timer-not-early", deadline, sysreg_read(cntpct_el0));
	check("physical-istatus", TIMER_ENABLE | TIMER_ISTATUS, sysreg_read(cntp_ctl_el0));
	sysreg_write(cntp_ctl_el0, 0);
	isb();
	gic_eoi(iar);
	check("physical-timer-silent", GIC_SPURIOUS, gic_ack());
	sysreg_write(cntp_tval_el0, 1000000000);
	check_between("physical-tval", 1, 1000000000, sysreg_read(cntp_tval_el0) & 0xffffffff);
	gic_disable(PTIMER);
}

/* Each PE has its own timer. */
static volatile uint32_t other_fired;

static void on_other_pe(void *arg)
{
	(void)arg;
	gic_enable(VTIMER);
	timer_arm(timer_now() + timer_ticks(1000));
	other_fired = gic_ack_within(TIME_LIMIT);
	timer_stop();
	gic_eoi(other_fired);
}

static void banked(void)
{
	if (smp_count() < 2) {
		check_skip("timer-of-other-pe", "one PE");
		return;
	}
	smp_start(1, on_other_pe, NULL);
	smp_wait_off(1, TIME_LIMIT);
	check("timer-of-other-pe", VTIMER, other_fired);
	check("timer-of-other-pe-only", GIC_SPURIOUS, gic_ack());
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	gic_set_handler(VTIMER, on_timer, NULL);
	gic_enable(VTIMER);
	registers();
	deadlines();
	level();
	slow_handler();
	straggle();
	rearm();
	physical();
	banked();
	check_finish();
}
