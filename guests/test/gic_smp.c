// SPDX-License-Identifier: BSD-2-Clause
/* The GICv2 with several PEs: SGIs and their senders, targets, banked registers. */

#include "gic.h"

#include "check.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"

#define SGI	   3
#define SPI	   72
#define SPI2	   73
#define SPI3	   74
#define SPI4	   75
#define TIME_LIMIT 10000 /* ms */

static unsigned int cpus;

/* Runs `function` on PE 1 and waits until it has returned. */
static void on_other(smp_function *function, void *arg)
{
	smp_start(1, function, arg);
	if (!smp_wait_off(1, TIME_LIMIT))
		check_true("other-pe-returned", false);
}

static void send_to_0(void *arg)
{
	(void)arg;
	gic_send_sgi(SGI, 1);
}

static void senders(void)
{
	uint32_t sources = 0;

	gic_enable(SGI);
	on_other(send_to_0, NULL);
	check("sgi-names-sender", 1u << 10 | SGI, gic_ack_within(TIME_LIMIT));
	gic_eoi(1u << 10 | SGI);

	/* The same SGI from two PEs is pending once for each sender. */
	on_other(send_to_0, NULL);
	gic_send_sgi(SGI, 1);
	check("sgi-sources-pending", 3u << 24, mmio_read32(GICD_SPENDSGIR));
	for (unsigned int i = 0; i < 2; i++) {
		uint32_t iar = gic_ack_within(TIME_LIMIT);

		sources |= 1u << (iar >> 10 & 7);
		gic_eoi(iar);
	}
	check("sgi-each-source", 3, sources);
	check("sgi-no-third", GIC_SPURIOUS, gic_ack());

	/* The same SGI twice from one sender is pending once. */
	gic_send_sgi(SGI, 1);
	gic_send_sgi(SGI, 1);
	check("sgi-merged", SGI, gic_ack());
	gic_eoi(SGI);
	check("sgi-merged-once", GIC_SPURIOUS, gic_ack());
}

static volatile uint32_t received;
static volatile uint32_t ready;

/* On PE 1: acknowledges one interrupt and stores GICC_IAR, with bit 31 set, in `received`. */
static void receive(void *arg)
{
	uint32_t iar;

	gic_enable((uintptr_t)arg & 31);
	ready = 1;
	iar = gic_ack_within(TIME_LIMIT);
	gic_eoi(iar);
	received = 1u << 31 | iar;
}

static void prepare(unsigned int spi, uint8_t pes)
{
	gic_set_edge(spi, true);
	gic_set_targets(spi, pes);
	gic_enable(spi);
}

static void start_receiver(unsigned int sgi)
{
	ready = 0;
	received = 0;
	smp_start(1, receive, (void *)(uintptr_t)sgi);
	timer_wait_for(&ready, 1, TIME_LIMIT);
}

static void targets(void)
{
	start_receiver(SGI);
	gic_send_sgi(SGI, 2);
	smp_wait_off(1, TIME_LIMIT);
	check("sgi-to-other", 1u << 31 | SGI, received);
	check("sgi-not-to-self", GIC_SPURIOUS, gic_ack());

	start_receiver(SGI);
	dsb();
	mmio_write32(GICD_SGIR, 1u << 24 | SGI); /* TargetListFilter: all but the sender */
	smp_wait_off(1, TIME_LIMIT);
	check("sgi-all-but-self", 1u << 31 | SGI, received);
	check("sgi-all-but-self-not-self", GIC_SPURIOUS, gic_ack());

	start_receiver(SGI);
	prepare(SPI, 2);
	gic_set_pending(SPI, true);
	smp_wait_off(1, TIME_LIMIT);
	check("spi-to-other", 1u << 31 | SPI, received);
	check("spi-not-to-self", GIC_SPURIOUS, gic_ack());
}

/* Acknowledges and ends an interrupt, so that none is active in the next test. */
static uint32_t take(unsigned int ms)
{
	uint32_t iar = gic_ack_within(ms);

	if (iar != GIC_SPURIOUS)
		gic_eoi(iar);
	return iar;
}

static void targets_of_pending(void)
{
	uint32_t mine;

	/* IHI 0048 4.3.12: an SPI without targets goes to no PE. */
	prepare(SPI2, 0);
	gic_set_pending(SPI2, true);
	check("spi-without-target", GIC_SPURIOUS, take(10));
	gic_set_targets(SPI2, 1);
	check("spi-given-target", SPI2, take(1000));

	start_receiver(SGI);
	prepare(SPI3, 3);
	gic_set_pending(SPI3, true);
	mine = take(100);
	gic_send_sgi(SGI, 2);
	smp_wait_off(1, TIME_LIMIT);
	check("spi-of-two-targets-once", 1, (mine == SPI3) + (received == (1u << 31 | SPI3)));
	mmio_write32(GICD_CPENDSGIR, 0xffffffff);

	/* An SPI that is pending for a PE that is off, and then gets another target. */
	prepare(SPI4, 2);
	gic_set_pending(SPI4, true);
	check("spi-waits-for-target", GIC_SPURIOUS, take(10));
	gic_set_targets(SPI4, 1);
	check("spi-retargeted", SPI4, take(1000));
	gic_set_pending(SPI4, false);
}

struct banked {
	uint32_t enabled, pending, priority;
};

static void read_banked(void *arg)
{
	struct banked *banked = arg;

	banked->enabled = mmio_read32(GICD_ISENABLER);
	banked->pending = mmio_read32(GICD_ISPENDR);
	banked->priority = mmio_read8(GICD_IPRIORITYR + 20);
}

static void banks(void)
{
	struct banked other;

	gic_enable(20);
	gic_set_priority(20, 0x10);
	gic_set_pending(20, true);
	on_other(read_banked, &other);
	check("ppi-enable-banked", 0, other.enabled >> 20 & 1);
	check("ppi-pending-banked", 0, other.pending >> 20 & 1);
	check("ppi-priority-banked", GIC_DEFAULT_PRIORITY, other.priority);
	check("ppi-own", 20, gic_ack());
	gic_eoi(20);
	gic_disable(20);
}

/* Both PEs interrupt each other at the same time; none of the SGIs is lost. */
static volatile uint32_t counts[SMP_MAX];

static void on_sgi(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	counts[smp_id()]++;
}

static void duel(void *arg)
{
	unsigned int other = !smp_id();

	(void)arg;
	gic_enable(SGI);
	irq_enable();
	for (uint32_t i = 1; i <= 50; i++) {
		/* Waits until each SGI was taken, as two that are pending would merge. */
		gic_send_sgi(SGI, (uint8_t)(1u << other));
		if (!timer_wait_for(&counts[other], i, TIME_LIMIT))
			break;
	}
	timer_wait_for(&counts[smp_id()], 50, TIME_LIMIT);
	irq_disable();
}

static void both_ways(void)
{
	gic_set_handler(SGI, on_sgi, NULL);
	smp_start(1, duel, NULL);
	duel(NULL);
	smp_wait_off(1, TIME_LIMIT);
	check("duel-received-by-0", 50, counts[0]);
	check("duel-received-by-1", 50, counts[1]);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	cpus = smp_count();
	if (!check_at_least("more-than-one-pe", 2, cpus))
		check_finish();
	senders();
	targets();
	targets_of_pending();
	banks();
	both_ways();
	check_finish();
}
