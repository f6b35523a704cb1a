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
#include "virtio.h"

#define DEVICE (BOARD_VIRTIO + (BOARD_VIRTIO_SLOTS - 1) * BOARD_VIRTIO_SIZE)
#define LIMIT  10000 /* ms */
#define ROUNDS 1000

static struct virtq queue;
static struct virtq_descriptor indirect[2 * VIRTQ_SIZE] __attribute__((aligned(16)));
static uint8_t buffer[4096];
static volatile uint32_t interrupts;

static uint32_t get(unsigned int offset)
{
	return virtio_get(DEVICE, offset);
}

static void set(unsigned int offset, uint32_t value)
{
	virtio_set(DEVICE, offset, value);
}

static void on_interrupt(unsigned int intid, void *arg)
{
	(void)intid;
	(void)arg;
	virtio_acknowledge(DEVICE);
	interrupts++;
}

/* Resets the device and sets it up, with its queue at `table`. */
static void start_at(uint64_t table)
{
	virtio_begin(DEVICE, VIRTIO_F_INDIRECT);
	virtio_queue_at(DEVICE, 0, &queue, table);
	virtio_go(DEVICE);
}

static void start(void)
{
	start_at((uintptr_t)queue.table);
}

static void offer(uint16_t head)
{
	virtio_offer(DEVICE, 0, &queue, head);
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

	while (!(get(VIRTIO_STATUS) & VIRTIO_NEEDS_RESET)) {
		if (timer_now() > end)
			return false;
	}
	return true;
}

static void identification(void)
{
	check("magic", 0x74726976, get(VIRTIO_MAGIC));
	check("version", 2, get(VIRTIO_VERSION));
	check("device-id", VIRTIO_RNG, get(VIRTIO_DEVICE_ID));
	set(VIRTIO_DEVICE_SEL, 1);
	check("offers-version-1", VIRTIO_F_VERSION_1, get(VIRTIO_DEVICE_FEATURES));
	set(VIRTIO_QUEUE_SEL, 0);
	check_at_least("queue-size", VIRTQ_SIZE, get(VIRTIO_QUEUE_NUM_MAX));
	set(VIRTIO_QUEUE_SEL, 1);
	check("no-second-queue", 0, get(VIRTIO_QUEUE_NUM_MAX));
}

static void without_version_1(void)
{
	set(VIRTIO_STATUS, 0);
	set(VIRTIO_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	set(VIRTIO_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
	check("refuses-legacy-drivers", 0, get(VIRTIO_STATUS) & VIRTIO_FEATURES_OK);
}

/* With the interrupt edge-sensitive, as the device tree says, or level-sensitive. */
static void requests(bool edge, const char *answered, const char *interrupted, const char *once)
{
	unsigned int back = 0, filled = 0;

	gic_set_edge(virtio_intid(DEVICE), edge);
	start();
	queue.table[0] = (struct virtq_descriptor){ (uintptr_t)buffer, 64, VIRTIO_WRITE, 0 };
	interrupts = 0;
	for (uint16_t i = 1; i <= ROUNDS; i++) {
		unsigned int sum = 0;

		memset(buffer, 0, 64);
		offer(0);
		back += comes_back(i) && queue.used.ring[(i - 1) % VIRTQ_SIZE].length == 64;
		timer_wait_for(&interrupts, i, LIMIT);
		for (unsigned int byte = 0; byte < 64; byte++)
			sum += buffer[byte];
		filled += sum != 0;
	}
	check(answered, ROUNDS, back);
	check_at_least(interrupted, ROUNDS, interrupts);
	check(once, 0, get(VIRTIO_INT_STATUS));
	check(edge ? "random-bytes-edge" : "random-bytes-level", ROUNDS, filled);
}

static void no_interrupt_wanted(void)
{
	start();
	queue.available.flags = 1;
	queue.table[0] = (struct virtq_descriptor){ (uintptr_t)buffer, 64, VIRTIO_WRITE, 0 };
	interrupts = 0;
	offer(0);
	check_true("answered-without-interrupt", comes_back(1));
	check("no-interrupt", 0, get(VIRTIO_INT_STATUS) | interrupts);
}

struct attempt {
	const char *name;
	struct virtq_descriptor descriptor;
	bool indirect;
};

static void wrong_descriptors(void)
{
	const uint64_t here = (uintptr_t)buffer;
	const struct attempt attempts[] = {
		{ "into-flash", { 0, 64, VIRTIO_WRITE, 0 }, false },
		{ "into-the-distributor", { BOARD_GICD, 64, VIRTIO_WRITE, 0 }, false },
		{ "into-the-uart", { BOARD_PL011, 64, VIRTIO_WRITE, 0 }, false },
		{ "into-its-own-registers", { DEVICE, 64, VIRTIO_WRITE, 0 }, false },
		{ "into-nothing", { BOARD_NOBODY, 64, VIRTIO_WRITE, 0 }, false },
		{ "into-shared-memory", { 0x30000000, 64, VIRTIO_WRITE, 0 }, false },
		{ "below-ram", { BOARD_RAM - 32, 64, VIRTIO_WRITE, 0 }, false },
		{ "far-above-ram", { 1ul << 39, 64, VIRTIO_WRITE, 0 }, false },
		{ "into-the-kernel", { 0xffff800010000000, 64, VIRTIO_WRITE, 0 }, false },
		{ "around-the-end", { ~0ul - 15, 64, VIRTIO_WRITE, 0 }, false },
		{ "of-all-sizes", { here, ~0u, VIRTIO_WRITE, 0 }, false },
		{ "to-no-descriptor", { here, 1, VIRTIO_WRITE | VIRTIO_NEXT, VIRTQ_SIZE }, false },
		{ "in-a-circle", { here, 1, VIRTIO_WRITE | VIRTIO_NEXT, 0 }, false },
		{ "table-in-nothing", { BOARD_NOBODY, 16, VIRTIO_INDIRECT, 0 }, false },
		{ "table-of-odd-size", { (uintptr_t)indirect, 20, VIRTIO_INDIRECT, 0 }, false },
		{ "table-into-the-gic", { BOARD_GICD, 64, VIRTIO_WRITE, 0 }, true },
		{ "table-in-a-circle", { here, 1, VIRTIO_WRITE | VIRTIO_NEXT, 0 }, true },
		{ "table-to-no-descriptor", { here, 1, VIRTIO_WRITE | VIRTIO_NEXT, VIRTQ_SIZE }, true },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(attempts); i++) {
		const struct attempt *one = &attempts[i];

		start();
		queue.table[0] = one->descriptor;
		if (one->indirect) {
			indirect[0] = one->descriptor;
			queue.table[0] = (struct virtq_descriptor){
				(uintptr_t)indirect, sizeof(indirect) / 2, VIRTIO_INDIRECT, 0
			};
		}
		offer(0);
		check(one->name, 1, gives_up() && queue.used.index == 0);
	}
}

static void wrong_queues(void)
{
	start();
	queue.available.index = VIRTQ_SIZE + 1;
	set(VIRTIO_QUEUE_NOTIFY, 0);
	check_true("more-than-the-queue-holds", gives_up());

	start_at(BOARD_GICD);
	check_true("queue-in-the-gic", gives_up());
	start_at(BOARD_RAM - 64);
	check_true("queue-below-ram", gives_up());
	start_at((uintptr_t)queue.table + 8);
	check_true("queue-not-aligned", gives_up());

	start();
	set(VIRTIO_QUEUE_NOTIFY, 1);
	set(VIRTIO_QUEUE_NOTIFY, ~0u);
	set(VIRTIO_QUEUE_SEL, 0);
	set(VIRTIO_QUEUE_DESC, BOARD_GICD); /* live: the device does not look */
	set(VIRTIO_QUEUE_DESC + 4, 0);
	queue.table[0] = (struct virtq_descriptor){ (uintptr_t)buffer, 64, VIRTIO_WRITE, 0 };
	offer(0);
	check_true("live-queue-stays", comes_back(1));
	set(VIRTIO_STATUS, 0);
	check("reset", 0, get(VIRTIO_STATUS));
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;
	gic_set_handler(virtio_intid(DEVICE), on_interrupt, NULL);
	gic_set_targets(virtio_intid(DEVICE), 1);
	gic_enable(virtio_intid(DEVICE));
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
