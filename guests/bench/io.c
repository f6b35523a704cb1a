// SPDX-License-Identifier: BSD-2-Clause
/*
 * What 4 KiB of a virtio disk cost, one transfer at a time, from the guest's store to the
 * interrupt's handler. In nanoseconds of the counter, as bench.c: `bench NAME NANOSECONDS`, and
 * at the end `bench-end`. The guest sleeps in WFI meanwhile.
 */

#include "exc.h"
#include "gic.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"
#include "virtio.h"

#define WARM   20 /* rounds that are not counted: they map pages and fill caches */
#define ROUNDS 200
#define LIMIT  20000 /* ms */

static void on_interrupt(unsigned int intid, void *arg)
{
	(void)intid;
	virtio_acknowledge((uintptr_t)arg);
}

static uintptr_t begin(uint32_t type, const char *name)
{
	uintptr_t device = virtio_find(type);

	if (!device)
		panic("there is no %s", name);
	if (!virtio_begin(device, 0))
		panic("the %s refuses VERSION_1", name);
	gic_set_handler(virtio_intid(device), on_interrupt, (void *)device);
	gic_set_targets(virtio_intid(device), 1);
	gic_set_edge(virtio_intid(device), true);
	gic_enable(virtio_intid(device));
	return device;
}

/* Sleeps until the device has returned `index` buffers of the queue. */
static void wait_for(const struct virtq *queue, uint16_t index, const char *name)
{
	uint64_t end = timer_now() + timer_ticks(LIMIT * 1000ul);

	while (queue->used.index != index) {
		if (timer_now() > end)
			panic("%s: no answer", name);
		/* Interrupts are masked: one that is pending ends WFI at once. */
		wfi();
		irq_enable();
		isb();
		irq_disable();
	}
	dmb(); /* the index before what it counts */
}

static void report(const char *name, uint64_t ticks)
{
	printf("bench %s %lu\n", name, timer_nanoseconds(ticks) / ROUNDS);
}

#define SECTORS 8 /* of 512 bytes: 4 KiB */
#define PLACES  64

static struct {
	uint32_t type, reserved;
	uint64_t sector;
} request;
static uint8_t block[512 * SECTORS] __attribute__((aligned(4096)));
static volatile uint8_t state;
static struct virtq disk_queue;

static void disk(uintptr_t device, uint32_t type, const char *name)
{
	uint16_t done = disk_queue.used.index;
	uint64_t start = 0;

	disk_queue.table[0] = (struct virtq_descriptor){ (uintptr_t)&request,
							 sizeof(request), VIRTIO_NEXT, 1 };
	disk_queue.table[1] =
		(struct virtq_descriptor){ (uintptr_t)block, sizeof(block),
					   VIRTIO_NEXT | (type ? 0 : VIRTIO_WRITE), 2 };
	disk_queue.table[2] = (struct virtq_descriptor){ (uintptr_t)&state, sizeof(state),
							 VIRTIO_WRITE, 0 };
	request.type = type;
	for (unsigned int i = 0; i < WARM + ROUNDS; i++) {
		if (i == WARM)
			start = timer_now();
		request.sector = i % PLACES * SECTORS;
		state = 0xff;
		virtio_offer(device, 0, &disk_queue, 0);
		wait_for(&disk_queue, ++done, name);
		if (state)
			panic("%s: status %u", name, state);
	}
	report(name, timer_now() - start);
}

void PartitionMain(uintptr_t device_tree)
{
	uintptr_t device;

	(void)device_tree;
	device = begin(VIRTIO_BLK, "disk");
	virtio_queue(device, 0, &disk_queue);
	virtio_go(device);
	disk(device, 1, "disk-write");
	disk(device, 0, "disk-read");
	printf("bench-end\n");
}
