// SPDX-License-Identifier: BSD-2-Clause
/* GICv2: distributor and CPU interface, and the table of handlers. */

#include "gic.h"

#include "exc.h"
#include "timer.h"

static struct {
	gic_handler *handler;
	void *arg;
} handlers[GIC_MAX];

static unsigned int spurious;

static uint32_t bit(unsigned int intid)
{
	return 1u << (intid % 32);
}

/* The address of the word for `intid` in registers that have one bit for each INTID. */
static uintptr_t word(uintptr_t base, unsigned int intid)
{
	return base + intid / 32 * 4;
}

void gic_init(void)
{
	unsigned int lines = 32 * ((mmio_read32(GICD_TYPER) & 0x1f) + 1);

	mmio_write32(GICD_CTLR, 0);
	for (unsigned int i = 32; i < lines; i += 32) {
		mmio_write32(word(GICD_ICENABLER, i), ~0u);
		mmio_write32(word(GICD_ICPENDR, i), ~0u);
		mmio_write32(word(GICD_ICACTIVER, i), ~0u);
	}
	for (unsigned int i = 32; i < lines; i += 4) {
		mmio_write32(GICD_IPRIORITYR + i, GIC_DEFAULT_PRIORITY * 0x01010101u);
		mmio_write32(GICD_ITARGETSR + i, 0x01010101);
	}
	for (unsigned int i = 32; i < lines; i += 16)
		mmio_write32(GICD_ICFGR + i / 4, 0);
	mmio_write32(GICD_CTLR, 1);
}

void gic_init_cpu(void)
{
	mmio_write32(GICD_ICENABLER, ~0u);
	mmio_write32(GICD_ICPENDR, 0xffff0000);
	mmio_write32(GICD_ICACTIVER, ~0u);
	for (unsigned int i = 0; i < 32; i += 4)
		mmio_write32(GICD_IPRIORITYR + i, GIC_DEFAULT_PRIORITY * 0x01010101u);
	mmio_write32(GICC_PMR, 0xff);
	mmio_write32(GICC_BPR, 0);
	mmio_write32(GICC_CTLR, GICC_CTLR_ENABLE);
}

void gic_set_handler(unsigned int intid, gic_handler *handler, void *arg)
{
	if (intid >= GIC_MAX)
		panic("no handler for INTID %u", intid);
	handlers[intid].arg = arg;
	handlers[intid].handler = handler;
	dmb();
}

void gic_enable(unsigned int intid)
{
	mmio_write32(word(GICD_ISENABLER, intid), bit(intid));
}

void gic_disable(unsigned int intid)
{
	mmio_write32(word(GICD_ICENABLER, intid), bit(intid));
}

void gic_set_priority(unsigned int intid, uint8_t priority)
{
	mmio_write8(GICD_IPRIORITYR + intid, priority);
}

void gic_set_targets(unsigned int intid, uint8_t targets)
{
	mmio_write8(GICD_ITARGETSR + intid, targets);
}

void gic_set_edge(unsigned int intid, bool edge)
{
	uintptr_t reg = GICD_ICFGR + intid / 16 * 4;
	uint32_t mask = 2u << (intid % 16 * 2);
	uint32_t value = mmio_read32(reg);

	mmio_write32(reg, edge ? value | mask : value & ~mask);
}

void gic_set_pending(unsigned int intid, bool pending)
{
	mmio_write32(word(pending ? GICD_ISPENDR : GICD_ICPENDR, intid), bit(intid));
}

bool gic_is_pending(unsigned int intid)
{
	return mmio_read32(word(GICD_ISPENDR, intid)) & bit(intid);
}

void gic_set_active(unsigned int intid, bool active)
{
	mmio_write32(word(active ? GICD_ISACTIVER : GICD_ICACTIVER, intid), bit(intid));
}

bool gic_is_active(unsigned int intid)
{
	return mmio_read32(word(GICD_ISACTIVER, intid)) & bit(intid);
}

void gic_send_sgi(unsigned int intid, uint8_t targets)
{
	dsb(); /* earlier stores are visible to the target before the SGI */
	mmio_write32(GICD_SGIR, (uint32_t)targets << 16 | intid);
}

uint32_t gic_ack(void)
{
	return mmio_read32(GICC_IAR);
}

uint32_t gic_ack_within(unsigned int ms)
{
	uint64_t end = timer_now() + timer_ticks(ms * 1000ul);
	uint32_t iar;

	do
		iar = gic_ack();
	while ((iar & 0x3ff) == GIC_SPURIOUS && timer_now() < end);
	return iar;
}

void gic_eoi(uint32_t iar)
{
	mmio_write32(GICC_EOIR, iar);
}

unsigned int gic_spurious(void)
{
	return __atomic_load_n(&spurious, __ATOMIC_RELAXED);
}

void gic_dispatch(void)
{
	for (;;) {
		uint32_t iar = gic_ack();
		unsigned int intid = iar & 0x3ff;

		if (intid >= 1020) {
			__atomic_fetch_add(&spurious, 1, __ATOMIC_RELAXED);
			return;
		}
		if (intid >= GIC_MAX || !handlers[intid].handler)
			panic("INTID %u has no handler", intid);
		handlers[intid].handler(intid, handlers[intid].arg);
		dsb(); /* the handler's device accesses are complete before the EOI */
		gic_eoi(iar);
		isb();
		if (!(sysreg_read(isr_el1) & PSTATE_I))
			return;
	}
}
