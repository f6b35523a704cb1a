/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * More active interrupts than hosts have list registers, in a guest whose EOI only drops the
 * priority (GICC_CTLR.EOImode, IHI 0048 3.2.1). They must not keep other interrupts from
 * being delivered, and each must stay active until it is deactivated. Not run on KVM, which
 * as of Linux 6.12 does not deliver pending ones then.
 */

#include "gic.h"

#include "check.h"
#include "smp.h"
#include "timer.h"

#define SPI_FIRST 64 /* no device of the machine uses 64 to 95 */
#define MANY	  24
#define URGENT	  (SPI_FIRST + MANY)
#define LAST	  (SPI_FIRST + MANY + 1)

static void pend(unsigned int intid, uint8_t priority)
{
	gic_set_edge(intid, true);
	gic_set_priority(intid, priority);
	gic_set_targets(intid, 1);
	gic_enable(intid);
	gic_set_pending(intid, true);
}

static unsigned int count_active(void)
{
	unsigned int active = 0;

	for (unsigned int i = 0; i < MANY; i++)
		active += gic_is_active(SPI_FIRST + i);
	return active;
}

/* Pends all at once, and takes each with an EOI but no deactivation; how many came. */
static unsigned int take_all(void)
{
	unsigned int taken = 0;

	for (unsigned int i = 0; i < MANY; i++)
		pend(SPI_FIRST + i, 0x80);
	for (unsigned int i = 0; i < MANY; i++) {
		uint32_t iar = gic_ack_within(1000);

		if (iar < SPI_FIRST || iar >= SPI_FIRST + MANY)
			break;
		gic_eoi(iar);
		taken++;
	}
	return taken;
}

static void kept(void)
{
	unsigned int left = 0;

	check("kept-taken", MANY, take_all());
	check("kept-active", MANY, count_active());
	check("kept-dropped", 0xff, mmio_read32(GICC_RPR));
	pend(URGENT, 0);
	check("kept-urgent", URGENT, gic_ack_within(1000));
	gic_eoi(URGENT);
	pend(LAST, 0xf0);
	check("kept-last", LAST, gic_ack_within(1000));
	gic_eoi(LAST);
	gic_set_pending(SPI_FIRST, true);
	check("kept-not-again", GIC_SPURIOUS, gic_ack());
	mmio_write32(GICC_DIR, LAST);
	mmio_write32(GICC_DIR, URGENT);
	check("kept-urgent-inactive", 0, gic_is_active(URGENT) + gic_is_active(LAST));
	for (unsigned int i = 0; i < MANY; i++) {
		mmio_write32(GICC_DIR, SPI_FIRST + i * 7 % MANY);
		left += count_active() == MANY - 1 - i;
	}
	check("kept-each-deactivated", MANY, left);
	check("kept-again-after", SPI_FIRST, gic_ack_within(1000));
	gic_eoi(SPI_FIRST);
	mmio_write32(GICC_DIR, SPI_FIRST);
	check("kept-over", GIC_SPURIOUS, gic_ack());
}

/* The same with the virtual timer's interrupt, which is tied to a physical one. */
static void tick(void)
{
	check("tick-taken", MANY, take_all());
	gic_set_priority(BOARD_INTID_VTIMER, 0);
	gic_enable(BOARD_INTID_VTIMER);
	for (unsigned int i = 0; i < 3; i++) {
		sysreg_write(cntv_cval_el0, sysreg_read(cntvct_el0));
		sysreg_write(cntv_ctl_el0, 1);
		isb();
		check("tick", BOARD_INTID_VTIMER, gic_ack_within(1000));
		sysreg_write(cntv_ctl_el0, 0);
		isb();
		gic_eoi(BOARD_INTID_VTIMER);
		check("tick-active", 1, gic_is_active(BOARD_INTID_VTIMER));
		mmio_write32(GICC_DIR, BOARD_INTID_VTIMER);
		check("tick-inactive", 0, gic_is_active(BOARD_INTID_VTIMER));
	}
	for (unsigned int i = 0; i < MANY; i++)
		mmio_write32(GICC_DIR, SPI_FIRST + i);
	check("tick-all-deactivated", 0, count_active());
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	mmio_write32(GICC_CTLR, GICC_CTLR_ENABLE | GICC_CTLR_EOIMODE);
	/* Twice: in between, writes to GICC_DIR go to the hardware again and do not trap. */
	kept();
	kept();
	tick();
	mmio_write32(GICC_CTLR, GICC_CTLR_ENABLE);
	check_finish();
}
