// SPDX-License-Identifier: BSD-2-Clause
/*
 * The PL011's receive interrupt (ARM DDI 0183, and QEMU's model of it). Each character raises
 * it, with and without FIFOs, whatever FIFO level is selected; reading the last character or
 * writing UARTICR clears it. The characters come by loopback.
 *
 * With `echo` on the command line the interrupt's handler prints each character that is
 * typed, until a q.
 */

#include "board.h"
#include "bootargs.h"
#include "check.h"
#include "gic.h"
#include "printf.h"
#include "smp.h"

#define UART	  BOARD_INTID_PL011
#define UARTDR	  (BOARD_PL011 + 0x00)
#define UARTFR	  (BOARD_PL011 + 0x18)
#define UARTLCR_H (BOARD_PL011 + 0x2c)
#define UARTCR	  (BOARD_PL011 + 0x30)
#define UARTIFLS  (BOARD_PL011 + 0x34)
#define UARTIMSC  (BOARD_PL011 + 0x38)
#define UARTRIS	  (BOARD_PL011 + 0x3c)
#define UARTICR	  (BOARD_PL011 + 0x44)

#define FR_RXFE	   (1u << 4)
#define LCR_8_BITS 0x60u
#define LCR_FIFOS  0x10u
#define CR_ON	   0x301u
#define CR_LOOP	   0x381u
#define INT_RX	   (1u << 4)

/* What try() has seen, to be printed later: the UART is in loopback meanwhile. */
struct seen {
	uint32_t before, raised, acknowledged, more, left, read, cleared, after;
};

static uint32_t rx_raised(void)
{
	return mmio_read32(UARTRIS) & INT_RX;
}

/* Takes the interrupt that comes within `ms`; its INTID, or GIC_SPURIOUS. */
static uint32_t take(unsigned int ms)
{
	uint32_t iar = gic_ack_within(ms);

	if ((iar & 0x3ff) != GIC_SPURIOUS)
		gic_eoi(iar);
	return iar & 0x3ff;
}

static void try(struct seen *seen, uint32_t fifos, uint32_t level)
{
	mmio_write32(UARTCR, 0);
	mmio_write32(UARTLCR_H, LCR_8_BITS | fifos);
	mmio_write32(UARTIFLS, level);
	mmio_write32(UARTIMSC, INT_RX);
	mmio_write32(UARTCR, CR_LOOP);
	seen->before = rx_raised();
	mmio_write32(UARTDR, 'a');
	seen->raised = rx_raised();
	seen->acknowledged = take(2000);
	if (fifos) {
		mmio_write32(UARTDR, 'b');
		seen->more = rx_raised();
		mmio_read32(UARTDR);
		seen->left = rx_raised();
	}
	mmio_read32(UARTDR);
	seen->read = rx_raised();
	mmio_write32(UARTDR, 'c');
	mmio_write32(UARTICR, INT_RX);
	seen->cleared = rx_raised();
	mmio_read32(UARTDR);
	mmio_write32(UARTIMSC, 0);
	mmio_write32(UARTLCR_H, LCR_8_BITS);
	mmio_write32(UARTCR, CR_ON);
	seen->after = take(1);
}

static void loopback(void)
{
	static const struct {
		const char *name;
		uint32_t fifos, level;
	} ways[] = {
		{ "without FIFOs", 0, 0x12 },
		{ "lowest level", LCR_FIFOS, 0x00 },
		{ "level of reset", LCR_FIFOS, 0x12 },
		{ "highest level", LCR_FIFOS, 0x24 },
	};
	struct seen seen[ARRAY_SIZE(ways)] = {};

	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++)
		try(&seen[i], ways[i].fifos, ways[i].level);
	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++) {
		uint32_t fifo = ways[i].fifos ? INT_RX : 0;

		printf("%s\n", ways[i].name);
		check("nothing-before", 0, seen[i].before);
		check("raised-by-one-character", INT_RX, seen[i].raised);
		check("reaches-the-gic", UART, seen[i].acknowledged);
		check("stays-with-more", fifo, seen[i].more);
		check("stays-while-one-is-left", fifo, seen[i].left);
		check("cleared-by-the-last-read", 0, seen[i].read);
		check("cleared-by-icr", 0, seen[i].cleared);
		check("no-interrupt-after", GIC_SPURIOUS, seen[i].after);
	}
}

static volatile bool over;

static void on_input(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	while (!(mmio_read32(UARTFR) & FR_RXFE)) {
		char c = (char)mmio_read32(UARTDR);

		printf("got %c\n", c);
		over |= c == 'q';
	}
}

/* Sets the UART up as a small driver does, with only the receive interrupt enabled. */
static void echo(void)
{
	mmio_write32(UARTCR, 0);
	mmio_write32(UARTLCR_H, LCR_8_BITS | LCR_FIFOS);
	mmio_write32(UARTIMSC, INT_RX);
	mmio_write32(UARTCR, CR_ON);
	gic_set_handler(UART, on_input, NULL);
	printf("echo ready\n");
	irq_enable();
	while (!over)
		wfi();
	irq_disable();
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;
	irq_disable();
	gic_enable(UART);
	if (bootarg_given("echo"))
		echo();
	else
		loopback();
	check_finish();
}
