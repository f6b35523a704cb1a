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
#include "virtio.h"

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

static struct virtq queue;
static uint8_t data[64 << 10] __attribute__((aligned(4096)));

/* The queue of a device, from the first call on; interrupts are not wanted. */
static uintptr_t device_of(uint32_t type, unsigned int number)
{
	static uintptr_t device;

	if (device)
		return device;
	device = virtio_find(type);
	if (!device || !virtio_begin(device, 0))
		panic("the device is missing");
	virtio_queue(device, number, &queue);
	queue.available.flags = 1;
	virtio_go(device);
	return device;
}

/* Makes `chains` requests of `length` descriptors each available, as soon as there is room. */
static void request(uintptr_t device, unsigned int number, unsigned int chains, unsigned int length)
{
	static uint16_t made;

	if ((uint16_t)(made - queue.used.index) >= chains)
		return;
	virtio_offer(device, number, &queue, (uint16_t)(made++ % chains * length));
}

/* 64 KiB of a disk, two reads at a time. */
static void disk(void)
{
	static struct {
		uint32_t type, reserved;
		uint64_t sector;
	} header;
	static uint8_t status;
	uintptr_t device = device_of(VIRTIO_BLK, 0);

	for (unsigned int head = 0; head < 6; head += 3) {
		queue.table[head] = (struct virtq_descriptor){ (uintptr_t)&header, sizeof(header),
							       VIRTIO_NEXT, (uint16_t)(head + 1) };
		queue.table[head + 1] = (struct virtq_descriptor){ (uintptr_t)data, sizeof(data),
								   VIRTIO_NEXT | VIRTIO_WRITE,
								   (uint16_t)(head + 2) };
		queue.table[head + 2] = (struct virtq_descriptor){ (uintptr_t)&status, 1,
								   VIRTIO_WRITE, 0 };
	}
	request(device, 0, 2, 3);
}

/* Packets of 1500 bytes, as broadcasts of no protocol. */
static void packets(void)
{
	uintptr_t device = device_of(VIRTIO_NET, 1);

	memset(data + 12, 0xff, 12);
	for (unsigned int head = 0; head < VIRTQ_SIZE; head++)
		queue.table[head] = (struct virtq_descriptor){ (uintptr_t)data, 12 + 1514, 0, 0 };
	request(device, 1, VIRTQ_SIZE, 1);
}

/* Notifications, for which there is nothing to do. */
static void notify(void)
{
	virtio_set(device_of(VIRTIO_BLK, 0), VIRTIO_QUEUE_NOTIFY, 0);
}

static const struct {
	const char *name;
	void (*once)(void);
} modes[] = {
	{ "spin", spin },	{ "console", console }, { "hypercalls", hypercalls },
	{ "mmio", mmio },	{ "sgis", sgis },	{ "faults", faults },
	{ "disk", disk },	{ "packets", packets },	{ "notify", notify },
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
	panic("say one of spin, console, hypercalls, mmio, sgis, faults, disk, packets, notify");
}
