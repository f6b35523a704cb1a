// SPDX-License-Identifier: BSD-2-Clause
/*
 * Uses up all of a resource that it can get, for ever, in the way that the command line names.
 * Not a test: other partitions measure how it affects them (guests/bench/window.c).
 */

#include "board.h"
#include "bootargs.h"
#include "console.h"
#include "exc.h"
#include "gic.h"
#include "para.h"
#include "printf.h"
#include "psci.h"
#include "smp.h"
#include "string.h"

#define SGI 1

static uint64_t turn;

/* Does nothing but use the CPU. Interrupts are masked here and in all other modes. */
static void spin(void)
{
	asm volatile("" ::: "memory");
}

static void console(void)
{
	static const char line[] = "the hog floods the console and never waits for anybody\r\n";

	console_write(line, sizeof(line) - 1);
}

/*
 * All of hvk's calls, with wrong arguments, except those that end the partition or give up its
 * window. A WAIT is over at once: its deadline is the start of time.
 */
static void hypercalls(void)
{
	uint32_t function = HVK_PARA_FN_BASE + turn % 32;
	uint64_t first = turn * 0x123456789;

	switch (function) {
	case HVK_PARA_HALT:
	case HVK_PARA_REBOOT:
	case HVK_PARA_YIELD:
		function = PSCI_VERSION;
		break;
	case HVK_PARA_WAIT:
		first = 0;
		break;
	}
	hvk_call(function, first, ~turn, turn);
}

static void mmio(void)
{
	mmio_read32(BOARD_PL031);
	mmio_write32(GICD_ISENABLER, 0);
}

/* SGIs to itself and to PEs that do not exist. */
static void sgis(void)
{
	gic_send_sgi(SGI, 0xff);
	gic_eoi(gic_ack());
}

/* Reads of pages that have neither RAM nor a device. */
static void faults(void)
{
	static struct exc_record fault;

	exc_catch(&fault);
	mmio_read32(BOARD_NOBODY + turn % 1024 * 4096);
	exc_release();
}

static const struct {
	const char *name;
	void (*once)(void);
} modes[] = {
	{ "spin", spin },	{ "console", console }, { "hypercalls", hypercalls },
	{ "mmio", mmio },	{ "sgis", sgis },	{ "faults", faults },
};

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	gic_enable(SGI);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (!bootarg_given(modes[i].name))
			continue;
		printf("hog: %s\n", modes[i].name);
		hvk_yield(); /* ends the start-up, so that cut windows count as overruns */
		for (;; turn++)
			modes[i].once();
	}
	panic("say one of spin, console, hypercalls, mmio, sgis, faults");
}
