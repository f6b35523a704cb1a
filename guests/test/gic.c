// SPDX-License-Identifier: BSD-2-Clause
/*
 * The GICv2 (IHI 0048) as seen by one PE: its registers, and which interrupts can be
 * acknowledged when. Interrupts stay masked in PSTATE and GICC_IAR is polled, so that each
 * step has exactly one acknowledge. Software pends SPIs that no device uses.
 */

#include "gic.h"

#include "check.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"

#define SPI_FIRST 64 /* of transports in whose slots there is no device, or none in use */
#define SPI	  (SPI_FIRST + 0)
#define SPI2	  (SPI_FIRST + 1)
#define SPI3	  (SPI_FIRST + 2)
#define MANY	  24 /* more interrupts than hosts have list registers */

#define UARTDR   (BOARD_PL011 + 0x00)
#define UARTIMSC (BOARD_PL011 + 0x38)
#define UARTIMSC_TXIM (1u << 5)

static void prepare(unsigned int intid, bool edge, uint8_t priority)
{
	gic_set_edge(intid, edge);
	gic_set_priority(intid, priority);
	gic_set_targets(intid, 1);
	gic_enable(intid);
}

static void identification(void)
{
	uint32_t typer = mmio_read32(GICD_TYPER);

	check("typer-cpus", smp_count() - 1, typer >> 5 & 7);
	check_at_least("typer-lines", 2, typer & 0x1f);
	check("cpu-interface-version", 2, mmio_read32(GICC_IIDR) >> 16 & 0xf);
	check("sgis-are-edge", 0xaaaaaaaa, mmio_read32(GICD_ICFGR));
	check("targets-of-banked", 0x01010101, mmio_read32(GICD_ITARGETSR));
	check("reserved-reads-zero", 0, mmio_read32(BOARD_GICD + 0x40));
	mmio_write32(BOARD_GICD + 0x40, ~0u);
	check("reserved-stays-zero", 0, mmio_read32(BOARD_GICD + 0x40));
}

static void bitmaps(void)
{
	uintptr_t set = GICD_ISENABLER + SPI / 8, clear = GICD_ICENABLER + SPI / 8;

	mmio_write32(clear, ~0u);
	check("enable-none", 0, mmio_read32(set));
	mmio_write32(set, 0x80000005);
	mmio_write32(set, 0);
	check("enable-set", 0x80000005, mmio_read32(set));
	check("enable-read-by-clear", 0x80000005, mmio_read32(clear));
	mmio_write32(clear, 1);
	check("enable-clear", 0x80000004, mmio_read32(set));
	mmio_write32(clear, ~0u);

	mmio_write32(GICD_ISPENDR + SPI / 8, 0x30);
	check("pending-set", 0x30, mmio_read32(GICD_ISPENDR + SPI / 8));
	mmio_write32(GICD_ICPENDR + SPI / 8, 0x10);
	check("pending-clear", 0x20, mmio_read32(GICD_ICPENDR + SPI / 8));
	mmio_write32(GICD_ICPENDR + SPI / 8, ~0u);
	check("nothing-enabled-nothing-acked", GIC_SPURIOUS, gic_ack());

	mmio_write32(GICD_ISACTIVER + SPI / 8, 6);
	check("active-set", 6, mmio_read32(GICD_ISACTIVER + SPI / 8));
	mmio_write32(GICD_ICACTIVER + SPI / 8, 2);
	check("active-clear", 4, mmio_read32(GICD_ICACTIVER + SPI / 8));
	mmio_write32(GICD_ICACTIVER + SPI / 8, ~0u);
}

static void bytes(void)
{
	uint8_t all = (uint8_t)((1u << smp_count()) - 1);

	mmio_write32(GICD_IPRIORITYR + SPI, 0x40302010);
	check("priority-byte-read", 0x20, mmio_read8(GICD_IPRIORITYR + SPI + 1));
	mmio_write8(GICD_IPRIORITYR + SPI + 2, 0x90);
	check("priority-byte-write", 0x40902010, mmio_read32(GICD_IPRIORITYR + SPI));
	mmio_write8(GICD_IPRIORITYR + SPI, 0xff);
	check("priority-at-least-4-bits", 0xf0, mmio_read8(GICD_IPRIORITYR + SPI) & 0xf0);

	mmio_write32(GICD_ITARGETSR + SPI, 0xffffffff);
	check("targets-only-existing", all * 0x01010101u, mmio_read32(GICD_ITARGETSR + SPI));
	mmio_write8(GICD_ITARGETSR + SPI + 1, 0);
	check("targets-byte-write", (all * 0x01010101u) & ~0xff00u,
	      mmio_read32(GICD_ITARGETSR + SPI));
	mmio_write32(GICD_ITARGETSR + SPI, 0x01010101);
	mmio_write32(GICD_IPRIORITYR + SPI, GIC_DEFAULT_PRIORITY * 0x01010101u);

	gic_set_edge(SPI2, true);
	check("config-edge", 2u << 2, mmio_read32(GICD_ICFGR + SPI / 4) & 0xaaaaaaaa);
	gic_set_edge(SPI2, false);
	check("config-level", 0, mmio_read32(GICD_ICFGR + SPI / 4) & 0xaaaaaaaa);
}

static void sgis_to_self(void)
{
	unsigned int right = 0;

	for (unsigned int sgi = 0; sgi < 16; sgi++) {
		uint32_t iar;

		gic_enable(sgi);
		gic_send_sgi(sgi, 1);
		iar = gic_ack();
		right += iar == sgi && gic_is_active(sgi) && !gic_is_pending(sgi);
		gic_eoi(iar);
		right += !gic_is_active(sgi);
	}
	check("sgi-to-self", 32, right);

	mmio_write32(GICD_SGIR, 2u << 24 | 5); /* TargetListFilter: only the sender */
	check("sgi-filter-self", 5, gic_ack());
	gic_eoi(5);
	mmio_write32(GICD_SPENDSGIR + 4, 1u << 8); /* SGI 5 from PE 0 */
	check("sgi-set-pending", 5, gic_ack());
	gic_eoi(5);
	mmio_write32(GICD_SPENDSGIR + 4, 1u << 8);
	check("sgi-pending-read", 1u << 8, mmio_read32(GICD_SPENDSGIR + 4));
	mmio_write32(GICD_CPENDSGIR + 4, 1u << 8);
	check("sgi-clear-pending", GIC_SPURIOUS, gic_ack());
}

static void life_of_an_edge(void)
{
	prepare(SPI, true, 0xa0);
	gic_set_pending(SPI, true);
	check("edge-pending", 1, gic_is_pending(SPI));
	check("highest-pending", SPI, mmio_read32(GICC_HPPIR));
	check("edge-acked", SPI, gic_ack());
	check("edge-active", 1, gic_is_active(SPI));
	check("edge-no-longer-pending", 0, gic_is_pending(SPI));
	check("edge-acked-once", GIC_SPURIOUS, gic_ack());
	gic_set_pending(SPI, true);
	check("edge-active-and-pending", 3, gic_is_active(SPI) + 2u * gic_is_pending(SPI));
	check("edge-not-while-active", GIC_SPURIOUS, gic_ack());
	gic_eoi(SPI);
	check("edge-again-after-eoi", SPI, gic_ack());
	gic_eoi(SPI);
	check("edge-inactive", 0, gic_is_active(SPI));
	check("edge-over", GIC_SPURIOUS, gic_ack());
}

static void masks(void)
{
	prepare(SPI, true, 0xa0);

	gic_disable(SPI);
	gic_set_pending(SPI, true);
	check("disabled-not-acked", GIC_SPURIOUS, gic_ack());
	check("disabled-stays-pending", 1, gic_is_pending(SPI));
	mmio_write32(GICC_PMR, 0x80);
	gic_enable(SPI);
	check("priority-mask", GIC_SPURIOUS, gic_ack());
	mmio_write32(GICC_PMR, 0xff);
	mmio_write32(GICD_CTLR, 0);
	check("distributor-off", GIC_SPURIOUS, gic_ack());
	check("distributor-off-reads", 0, mmio_read32(GICD_CTLR) & 1);
	mmio_write32(GICD_CTLR, 1);
	check("distributor-on-again", SPI, gic_ack());
	gic_eoi(SPI);

	mmio_write32(GICC_CTLR, 0);
	gic_set_pending(SPI, true);
	check("isr-interface-off", 0, sysreg_read(isr_el1) & PSTATE_I);
	mmio_write32(GICC_CTLR, GICC_CTLR_ENABLE);
	isb();
	check("isr-interface-on", PSTATE_I, sysreg_read(isr_el1) & PSTATE_I);
	gic_set_pending(SPI, false);
	check("withdrawn", GIC_SPURIOUS, gic_ack());
}

static void priorities(void)
{
	static const uint8_t order[] = { 0x60, 0x20, 0x80, 0x40 };
	static const unsigned int expected[] = { 1, 3, 0, 2 };
	unsigned int right = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++) {
		prepare(SPI + i, true, order[i]);
		gic_set_pending(SPI + i, true);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++) {
		uint32_t iar = gic_ack();

		right += iar == SPI + expected[i];
		gic_eoi(iar);
	}
	check("acked-by-priority", ARRAY_SIZE(order), right);

	prepare(SPI, true, 0x80);
	prepare(SPI2, true, 0x40);
	prepare(SPI3, true, 0x80);
	gic_set_pending(SPI, true);
	check("preempt-first", SPI, gic_ack());
	check("running-priority", 0x80, mmio_read32(GICC_RPR));
	gic_set_pending(SPI3, true);
	check("preempt-not-by-equal", GIC_SPURIOUS, gic_ack());
	gic_set_pending(SPI2, true);
	check("preempt-by-higher", SPI2, gic_ack());
	check("running-priority-nested", 0x40, mmio_read32(GICC_RPR));
	gic_eoi(SPI2);
	check("preempt-back", 0x80, mmio_read32(GICC_RPR));
	gic_eoi(SPI);
	check("preempt-then-equal", SPI3, gic_ack());
	gic_eoi(SPI3);
	check("running-priority-idle", 0xff, mmio_read32(GICC_RPR));
}

/* IHI 0048 3.2.1: with EOImodeNS, an EOI only drops the priority. */
static void split_eoi(void)
{
	mmio_write32(GICC_CTLR, GICC_CTLR_ENABLE | GICC_CTLR_EOIMODE);
	prepare(SPI, true, 0x80);
	prepare(SPI2, true, 0xa0);
	gic_set_pending(SPI, true);
	check("split-ack", SPI, gic_ack());
	gic_eoi(SPI);
	check("split-dropped", 0xff, mmio_read32(GICC_RPR));
	check("split-still-active", 1, gic_is_active(SPI));
	gic_set_pending(SPI2, true);
	check("split-lower-runs", SPI2, gic_ack());
	gic_eoi(SPI2);
	mmio_write32(GICC_DIR, SPI2);
	gic_set_pending(SPI, true);
	check("split-not-while-active", GIC_SPURIOUS, gic_ack());
	mmio_write32(GICC_DIR, SPI);
	check("split-deactivated", SPI, gic_ack());
	gic_eoi(SPI);
	mmio_write32(GICC_DIR, SPI);
	check("split-inactive", 0, gic_is_active(SPI));
	mmio_write32(GICC_CTLR, GICC_CTLR_ENABLE);
}

/* A level-sensitive interrupt follows its source: the PL011's transmit interrupt. */
static void life_of_a_level(void)
{
	const unsigned int uart = BOARD_INTID_PL011;

	gic_set_pending(uart, false);
	prepare(uart, false, 0xa0);
	/* It is raised only after a first byte, and printf() may not have used the PL011. */
	mmio_write32(UARTDR, '\n');
	mmio_write32(UARTIMSC, UARTIMSC_TXIM);
	check("level-pending", 1, gic_is_pending(uart));
	gic_set_pending(uart, false);
	check("level-not-clearable", 1, gic_is_pending(uart));
	check("level-acked", uart, gic_ack());
	check("level-acked-once", GIC_SPURIOUS, gic_ack());
	gic_eoi(uart);
	check("level-again-after-eoi", uart, gic_ack());
	mmio_write32(UARTIMSC, 0);
	gic_eoi(uart);
	check("level-over-with-source", GIC_SPURIOUS, gic_ack());
	mmio_write32(UARTIMSC, UARTIMSC_TXIM);
	mmio_write32(UARTIMSC, 0);
	check("level-withdrawn", GIC_SPURIOUS, gic_ack());
	check("level-not-pending", 0, gic_is_pending(uart));
	gic_disable(uart);
}

static void activated_by_software(void)
{
	prepare(SPI, true, 0xa0);
	gic_set_active(SPI, true);
	gic_set_pending(SPI, true);
	check("active-by-software-blocks", GIC_SPURIOUS, gic_ack());
	gic_set_active(SPI, false);
	check("inactive-by-software-frees", SPI, gic_ack());
	gic_set_active(SPI, false);
	check("running-deactivated", 0, gic_is_active(SPI));
	gic_eoi(SPI);
	check("running-deactivated-once", GIC_SPURIOUS, gic_ack());
}

static void many(void)
{
	uint32_t seen = 0;
	unsigned int count = 0, ordered = 0;
	uint32_t last = 0;

	/* Pended in an order that is neither by INTID nor by priority. */
	for (unsigned int i = 0; i < MANY; i++)
		prepare(SPI_FIRST + i, true, (uint8_t)(0x20 + (i * 7 % MANY) / 3 * 0x10));
	for (unsigned int i = 0; i < MANY; i++)
		gic_set_pending(SPI_FIRST + i * 5 % MANY, true);
	for (;;) {
		uint32_t iar = gic_ack();
		uint32_t priority;

		if (iar < SPI_FIRST || iar >= SPI_FIRST + MANY)
			break;
		priority = mmio_read8(GICD_IPRIORITYR + iar);
		ordered += priority >= last;
		last = priority;
		seen |= 1u << (iar - SPI_FIRST);
		count++;
		gic_eoi(iar);
	}
	check("many-pending-each-once", MANY, count);
	check("many-pending-all", (1u << MANY) - 1, seen);
	check("many-pending-by-priority", MANY, ordered);
}

/* Eight nested interrupts: more active ones than some hosts have list registers. */
static void many_active(void)
{
	unsigned int acked = 0, active = 0;

	for (unsigned int i = 0; i < 8; i++) {
		prepare(SPI + i, true, (uint8_t)(0xf0 - i * 0x10));
		gic_set_pending(SPI + i, true);
		acked += gic_ack() == SPI + i;
	}
	check("nested-acked", 8, acked);
	for (unsigned int i = 0; i < 8; i++)
		active += gic_is_active(SPI + i);
	check("nested-active", 8, active);
	for (unsigned int i = 8; i-- > 0;)
		gic_eoi(SPI + i);
	active = 0;
	for (unsigned int i = 0; i < 8; i++)
		active += gic_is_active(SPI + i);
	check("nested-inactive", 0, active);
	check("nested-priority", 0xff, mmio_read32(GICC_RPR));
	mmio_write32(GICD_ICACTIVER + SPI / 8, ~0u);
}

static volatile uint32_t taken;

static void on_spi(unsigned int intid, void *arg)
{
	(void)arg;
	taken = intid;
}

/* An interrupt that is taken as an exception. */
static void exception(void)
{
	gic_set_handler(SPI, on_spi, NULL);
	prepare(SPI, true, 0xa0);
	gic_set_pending(SPI, true);
	check("masked-not-taken", 0, taken);
	irq_enable();
	timer_wait_for(&taken, SPI, 5000);
	irq_disable();
	check("unmasked-taken", SPI, taken);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	identification();
	bitmaps();
	bytes();
	sgis_to_self();
	life_of_an_edge();
	masks();
	priorities();
	split_eoi();
	life_of_a_level();
	activated_by_software();
	many();
	exception();
	many_active();
	check_finish();
}
