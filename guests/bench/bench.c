// SPDX-License-Identifier: BSD-2-Clause
/*
 * The measuring partition: the mean cost of an operation, in nanoseconds of the counter.
 * Under `images/lab --icount` a nanosecond is one instruction, those of the host, the
 * hypervisor and the VMM included. Prints one line for each operation, `bench NAME
 * NANOSECONDS`, and at the end `bench-end`.
 *
 * Command line: only=NAME executes this operation alone, without an end, after the line
 * `bench-loops NAME`: for whoever watches what it consists of (tests/system/profile).
 */

#include "bootargs.h"
#include "exc.h"
#include "gic.h"
#include "printf.h"
#include "psci.h"
#include "smp.h"
#include "string.h"
#include "timer.h"

#define ROUNDS	   400
#define FEW	   100
#define TIME_LIMIT 20000 /* ms */
#define SGI	   1
#define VTIMER	   BOARD_INTID_VTIMER

extern char image_end[];

static void report(const char *name, uint64_t ticks, unsigned int rounds)
{
	uint64_t frequency = sysreg_read(cntfrq_el0);

	printf("bench %s %lu\n", name, ticks * 1000000000 / frequency / rounds);
}

static void nothing(void)
{
	asm volatile("" ::: "memory");
}

static void hypercall_unknown(void)
{
	register uint64_t x0 asm("x0") = 0xc600beef;

	asm volatile("hvc #0" : "+r"(x0)::"x1", "x2", "x3", "memory");
}

static void psci_version(void)
{
	register uint64_t x0 asm("x0") = PSCI_VERSION;

	asm volatile("hvc #0" : "+r"(x0)::"x1", "x2", "x3", "memory");
}

static void gicd_read(void)
{
	mmio_read32(GICD_TYPER);
}

static void gicd_write(void)
{
	mmio_write32(GICD_ISENABLER, 0);
}

static void vmm_read(void)
{
	mmio_read32(BOARD_PL031);
}

static void vmm_write(void)
{
	mmio_write32(BOARD_PL031 + 4, 0);
}

static void id_register(void)
{
	sysreg_read(id_aa64pfr0_el1);
}

static void cache_type(void)
{
	sysreg_read(ctr_el0);
}

static void virtual_counter(void)
{
	sysreg_read(cntvct_el0);
}

static void physical_timer(void)
{
	sysreg_read(cntp_ctl_el0);
}

static void sgi_to_self(void)
{
	gic_send_sgi(SGI, 1);
	gic_eoi(gic_ack_within(1000));
}

static void touch_page(void)
{
	static uintptr_t page;

	if (!page)
		page = (uintptr_t)image_end;
	*(volatile uint64_t *)page = 1;
	page += 4096;
}

static const struct {
	const char *name;
	void (*operation)(void);
	unsigned int rounds;
} operations[] = {
	{ "loop", nothing, ROUNDS },
	{ "hypercall-unknown", hypercall_unknown, ROUNDS },
	{ "psci-version", psci_version, ROUNDS },
	{ "gicd-read", gicd_read, ROUNDS },
	{ "gicd-write", gicd_write, ROUNDS },
	{ "vmm-read", vmm_read, ROUNDS },
	{ "vmm-write", vmm_write, ROUNDS },
	{ "id-register", id_register, ROUNDS },
	{ "ctr-el0", cache_type, ROUNDS },
	{ "virtual-counter", virtual_counter, ROUNDS },
	{ "physical-timer", physical_timer, ROUNDS },
	{ "sgi-to-self", sgi_to_self, FEW },
	{ "first-touch", touch_page, ROUNDS },
};

static void measure(unsigned int i)
{
	uint64_t start;

	/* Not counted: the first time may have to map pages or fill caches. */
	operations[i].operation();
	start = timer_now();
	for (unsigned int round = 0; round < operations[i].rounds; round++)
		operations[i].operation();
	report(operations[i].name, timer_now() - start, operations[i].rounds);
}

/* The EOI alone, without the acknowledge. */
static void measure_eoi(void)
{
	uint64_t ticks = 0;

	for (unsigned int round = 0; round < FEW; round++) {
		uint32_t iar;
		uint64_t start;

		gic_send_sgi(SGI, 1);
		iar = gic_ack_within(1000);
		start = timer_now();
		gic_eoi(iar);
		ticks += timer_now() - start;
	}
	report("eoi", ticks, FEW);
}

static volatile uint64_t handler_at;
static volatile uint32_t handled;

static void on_timer(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	handler_at = timer_now();
	timer_stop();
	handled++;
}

/* The time from the timer's deadline to its handler, with the PE busy or asleep in WFI. */
static void measure_timer(const char *name, bool asleep)
{
	uint64_t ticks = 0;

	handled = 0;
	gic_set_handler(VTIMER, on_timer, NULL);
	gic_enable(VTIMER);
	for (uint32_t round = 1; round <= FEW; round++) {
		uint64_t deadline = timer_now() + timer_ticks(300);

		irq_disable();
		timer_arm(deadline);
		if (asleep)
			wfi();
		irq_enable();
		timer_wait_for(&handled, round, TIME_LIMIT);
		irq_disable();
		ticks += handler_at - deadline;
	}
	report(name, ticks, FEW);
}

static volatile uint32_t pings;
static volatile bool leave;

static void on_ping(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	pings++;
}

static void sleeper(void *arg)
{
	gic_enable(SGI);
	*(volatile uint32_t *)arg = 1;
	while (!leave) {
		wfi();
		irq_enable();
		isb();
		irq_disable();
	}
}

/* The time from sending an SGI until the handler of the PE that was asleep has run. */
static void measure_ipi(void)
{
	static volatile uint32_t ready;
	uint64_t ticks = 0;

	gic_set_handler(SGI, on_ping, NULL);
	smp_start(1, sleeper, (void *)&ready);
	timer_wait_for(&ready, 1, TIME_LIMIT);
	for (uint32_t round = 1; round <= FEW; round++) {
		uint64_t start;

		timer_delay(200); /* enough for PE 1 to sleep */
		start = timer_now();
		gic_send_sgi(SGI, 2);
		timer_wait_for(&pings, round, TIME_LIMIT);
		ticks += timer_now() - start;
	}
	report("ipi-to-sleeper", ticks, FEW);
	leave = true;
	gic_send_sgi(SGI, 2);
	smp_wait_off(1, TIME_LIMIT);
}

static void loop(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(operations); i++) {
		if (strcmp(operations[i].name, name))
			continue;
		printf("bench-loops %s\n", name);
		for (;;)
			operations[i].operation();
	}
	panic("there is no operation '%s'", name);
}

void PartitionMain(uintptr_t device_tree)
{
	char only[32];

	(void)device_tree;

	gic_enable(SGI);
	if (bootarg_text("only", only, sizeof(only)))
		loop(only);
	for (unsigned int i = 0; i < ARRAY_SIZE(operations); i++)
		measure(i);
	measure_eoi();
	measure_timer("timer-interrupt", false);
	measure_timer("timer-interrupt-asleep", true);
	if (smp_count() > 1)
		measure_ipi();
	printf("bench-end\n");
}
