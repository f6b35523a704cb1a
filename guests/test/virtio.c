// SPDX-License-Identifier: BSD-2-Clause
/*
 * A virtio device behind its transport (virtio 1.2, 4.2): the source of random numbers in the
 * last slot, as drivers use it, and as drivers must not. A device reads and writes memory by
 * itself, so that each wrong descriptor is an attempt to reach what this guest does not have.
 */

#include "check.h"
#include "gic.h"
#include "smp.h"
#include "string.h"
#include "timer.h"

#define SLOT   (BOARD_VIRTIO_SLOTS - 1)
#define BASE   (BOARD_VIRTIO + SLOT * BOARD_VIRTIO_SIZE)
#define INTID  (32 + 16 + SLOT)
#define RNG    4 /* DeviceID */
#define SIZE   8 /* of the queue, in descriptors */
#define LIMIT  10000 /* ms */
#define ROUNDS 1000

/* Registers. */
#define MAGIC		0x000
#define VERSION		0x004
#define DEVICE_ID	0x008
#define DEVICE_FEATURES 0x010
#define DEVICE_SEL	0x014
#define DRIVER_FEATURES 0x020
#define DRIVER_SEL	0x024
#define QUEUE_SEL	0x030
#define QUEUE_NUM_MAX	0x034
#define QUEUE_NUM	0x038
#define QUEUE_READY	0x044
#define QUEUE_NOTIFY	0x050
#define INT_STATUS	0x060
#define INT_ACK		0x064
#define STATUS		0x070
#define QUEUE_DESC	0x080
#define QUEUE_DRIVER	0x090
#define QUEUE_DEVICE	0x0a0

/* Bits of Status. */
#define ACKNOWLEDGE 1u
#define DRIVER	    2u
#define DRIVER_OK   4u
#define FEATURES_OK 8u
#define NEEDS_RESET 64u

/* The second word of the features: VIRTIO_F_VERSION_1. */
#define VERSION_1 1u

#define NEXT	 1
#define WRITE	 2
#define INDIRECT 4

struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

struct element {
	uint32_t id, length;
};

static struct {
	struct descriptor table[SIZE];
	struct {
		volatile uint16_t flags, index, ring[SIZE], event;
	} available;
	struct {
		volatile uint16_t flags, index;
		struct element ring[SIZE];
		volatile uint16_t event;
	} used __attribute__((aligned(4)));
} queue __attribute__((aligned(4096)));

static struct descriptor indirect[2 * SIZE] __attribute__((aligned(16)));
static uint8_t buffer[4096];
static volatile uint32_t interrupts;

static uint32_t get(unsigned int offset)
{
	return mmio_read32(BASE + offset);
}

static void set(unsigned int offset, uint32_t value)
{
	dsb(); /* the device sees what was written to memory before */
	mmio_write32(BASE + offset, value);
}

static void set_address(unsigned int offset, uint64_t ipa)
{
	set(offset, (uint32_t)ipa);
	set(offset + 4, (uint32_t)(ipa >> 32));
}

static void on_interrupt(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	set(INT_ACK, get(INT_STATUS));
	interrupts++;
}

/* Resets the device and sets it up, with its queue at `table`. */
static void start_at(uint64_t table)
{
	set(STATUS, 0);
	memset(&queue, 0, sizeof(queue));
	set(STATUS, ACKNOWLEDGE | DRIVER);
	set(DRIVER_SEL, 0);
	set(DRIVER_FEATURES, 1u << 28); /* indirect descriptors */
	set(DRIVER_SEL, 1);
	set(DRIVER_FEATURES, VERSION_1);
	set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
	set(QUEUE_SEL, 0);
	set(QUEUE_NUM, SIZE);
	set_address(QUEUE_DESC, table);
	set_address(QUEUE_DRIVER, (uintptr_t)&queue.available);
	set_address(QUEUE_DEVICE, (uintptr_t)&queue.used);
	set(QUEUE_READY, 1);
	set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
}

static void start(void)
{
	start_at((uintptr_t)queue.table);
}

static void offer(uint16_t head)
{
	queue.available.ring[queue.available.index % SIZE] = head;
	dmb(); /* the entry before the index */
	queue.available.index++;
	set(QUEUE_NOTIFY, 0);
}

static bool comes_back(uint16_t index)
{
	uint64_t end = timer_now() + timer_ticks(LIMIT * 1000ul);

	while (queue.used.index != index) {
		if (timer_now() > end)
			return false;
	}
	dmb(); /* the index before what it counts */
	return true;
}

/* Whether the device asks for a reset within the time limit. */
static bool gives_up(void)
{
	uint64_t end = timer_now() + timer_ticks(LIMIT * 1000ul);

	while (!(get(STATUS) & NEEDS_RESET)) {
		if (timer_now() > end)
			return false;
	}
	return true;
}

static void identification(void)
{
	check("magic", 0x74726976, get(MAGIC));
	check("version", 2, get(VERSION));
	check("device-id", RNG, get(DEVICE_ID));
	set(DEVICE_SEL, 1);
	check("offers-version-1", VERSION_1, get(DEVICE_FEATURES));
	set(QUEUE_SEL, 0);
	check_at_least("queue-size", SIZE, get(QUEUE_NUM_MAX));
	set(QUEUE_SEL, 1);
	check("no-second-queue", 0, get(QUEUE_NUM_MAX));
}

static void without_version_1(void)
{
	set(STATUS, 0);
	set(STATUS, ACKNOWLEDGE | DRIVER);
	set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
	check("refuses-legacy-drivers", 0, get(STATUS) & FEATURES_OK);
}

/* With the interrupt edge-sensitive, as the device tree says, or level-sensitive. */
static void requests(bool edge, const char *answered, const char *interrupted, const char *once)
{
	unsigned int back = 0, filled = 0;

	gic_set_edge(INTID, edge);
	start();
	queue.table[0] = (struct descriptor){ (uintptr_t)buffer, 64, WRITE, 0 };
	interrupts = 0;
	for (uint16_t i = 1; i <= ROUNDS; i++) {
		unsigned int sum = 0;

		memset(buffer, 0, 64);
		offer(0);
		back += comes_back(i) && queue.used.ring[(i - 1) % SIZE].length == 64;
		timer_wait_for(&interrupts, i, LIMIT);
		for (unsigned int byte = 0; byte < 64; byte++)
			sum += buffer[byte];
		filled += sum != 0;
	}
	check(answered, ROUNDS, back);
	check_at_least(interrupted, ROUNDS, interrupts);
	check(once, 0, get(INT_STATUS));
	check(edge ? "random-bytes-edge" : "random-bytes-level", ROUNDS, filled);
}

static void no_interrupt_wanted(void)
{
	start();
	queue.available.flags = 1;
	queue.table[0] = (struct descriptor){ (uintptr_t)buffer, 64, WRITE, 0 };
	interrupts = 0;
	offer(0);
	check_true("answered-without-interrupt", comes_back(1));
	check("no-interrupt", 0, get(INT_STATUS) | interrupts);
}

struct attempt {
	const char *name;
	struct descriptor descriptor;
	bool indirect;
};

static void wrong_descriptors(void)
{
	const uint64_t here = (uintptr_t)buffer;
	const struct attempt attempts[] = {
		{ "into-flash", { 0, 64, WRITE, 0 }, false },
		{ "into-the-distributor", { BOARD_GICD, 64, WRITE, 0 }, false },
		{ "into-the-uart", { BOARD_PL011, 64, WRITE, 0 }, false },
		{ "into-its-own-registers", { BASE, 64, WRITE, 0 }, false },
		{ "into-nothing", { BOARD_NOBODY, 64, WRITE, 0 }, false },
		{ "into-shared-memory", { 0x30000000, 64, WRITE, 0 }, false },
		{ "below-ram", { BOARD_RAM - 32, 64, WRITE, 0 }, false },
		{ "far-above-ram", { 1ul << 39, 64, WRITE, 0 }, false },
		{ "into-the-kernel", { 0xffff800010000000, 64, WRITE, 0 }, false },
		{ "around-the-end", { ~0ul - 15, 64, WRITE, 0 }, false },
		{ "of-all-sizes", { here, ~0u, WRITE, 0 }, false },
		{ "to-no-descriptor", { here, 1, WRITE | NEXT, SIZE }, false },
		{ "in-a-circle", { here, 1, WRITE | NEXT, 0 }, false },
		{ "table-in-nothing", { BOARD_NOBODY, 16, INDIRECT, 0 }, false },
		{ "table-of-odd-size", { (uintptr_t)indirect, 20, INDIRECT, 0 }, false },
		{ "table-into-the-gic", { BOARD_GICD, 64, WRITE, 0 }, true },
		{ "table-in-a-circle", { here, 1, WRITE | NEXT, 0 }, true },
		{ "table-to-no-descriptor", { here, 1, WRITE | NEXT, SIZE }, true },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(attempts); i++) {
		const struct attempt *one = &attempts[i];

		start();
		queue.table[0] = one->descriptor;
		if (one->indirect) {
			indirect[0] = one->descriptor;
			queue.table[0] = (struct descriptor){ (uintptr_t)indirect, sizeof(indirect) / 2,
							      INDIRECT, 0 };
		}
		offer(0);
		check(one->name, 1, gives_up() && queue.used.index == 0);
	}
}

static void wrong_queues(void)
{
	start();
	queue.available.index = SIZE + 1;
	set(QUEUE_NOTIFY, 0);
	check_true("more-than-the-queue-holds", gives_up());

	start_at(BOARD_GICD);
	check_true("queue-in-the-gic", gives_up());
	start_at(BOARD_RAM - 64);
	check_true("queue-below-ram", gives_up());
	start_at((uintptr_t)queue.table + 8);
	check_true("queue-not-aligned", gives_up());

	start();
	set(QUEUE_NOTIFY, 1);
	set(QUEUE_NOTIFY, ~0u);
	set(QUEUE_SEL, 0);
	set_address(QUEUE_DESC, BOARD_GICD); /* live: the device does not look */
	queue.table[0] = (struct descriptor){ (uintptr_t)buffer, 64, WRITE, 0 };
	offer(0);
	check_true("live-queue-stays", comes_back(1));
	set(STATUS, 0);
	check("reset", 0, get(STATUS));
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;
	gic_set_handler(INTID, on_interrupt, NULL);
	gic_set_targets(INTID, 1);
	gic_enable(INTID);
	identification();
	without_version_1();
	irq_enable();
	requests(true, "edge-answered", "edge-interrupts", "edge-acknowledged");
	requests(false, "level-answered", "level-interrupts", "level-acknowledged");
	no_interrupt_wanted();
	wrong_descriptors();
	wrong_queues();
	irq_disable();
	check_finish();
}
