/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio devices behind virtio-mmio (virtio 1.2, 4.2) and their split queues (2.7): as much of a
 * driver as a partition needs. A device is known by the IPA of its registers.
 */
#pragma once

#include "arch.h"
#include "board.h"

/* Registers, by their offset. */
#define VIRTIO_MAGIC		0x000
#define VIRTIO_VERSION		0x004
#define VIRTIO_DEVICE_ID	0x008
#define VIRTIO_DEVICE_FEATURES	0x010
#define VIRTIO_DEVICE_SEL	0x014
#define VIRTIO_DRIVER_FEATURES	0x020
#define VIRTIO_DRIVER_SEL	0x024
#define VIRTIO_QUEUE_SEL	0x030
#define VIRTIO_QUEUE_NUM_MAX	0x034
#define VIRTIO_QUEUE_NUM	0x038
#define VIRTIO_QUEUE_READY	0x044
#define VIRTIO_QUEUE_NOTIFY	0x050
#define VIRTIO_INT_STATUS	0x060
#define VIRTIO_INT_ACK		0x064
#define VIRTIO_STATUS		0x070
#define VIRTIO_QUEUE_DESC	0x080
#define VIRTIO_QUEUE_DRIVER	0x090
#define VIRTIO_QUEUE_DEVICE	0x0a0
#define VIRTIO_CONFIG		0x100

/* Bits of Status. */
#define VIRTIO_ACKNOWLEDGE 1u
#define VIRTIO_DRIVER	   2u
#define VIRTIO_DRIVER_OK   4u
#define VIRTIO_FEATURES_OK 8u
#define VIRTIO_NEEDS_RESET 64u

/* Device types. */
#define VIRTIO_NET 1u
#define VIRTIO_BLK 2u
#define VIRTIO_RNG 4u

/* Features below 32 are bits of the first word, those from 32 on bits of the second. */
#define VIRTIO_F_INDIRECT  (1u << 28)
#define VIRTIO_F_VERSION_1 1u /* of the second word */

#define VIRTIO_NEXT	1
#define VIRTIO_WRITE	2 /* the device writes this buffer */
#define VIRTIO_INDIRECT 4

#define VIRTQ_SIZE 8 /* descriptors of a queue */

struct virtq_descriptor {
	uint64_t address; /* IPA */
	uint32_t length;
	uint16_t flags, next;
};

struct virtq_element {
	uint32_t id, length;
};

/* A queue's memory, which the device reads and writes by itself. */
struct virtq {
	struct virtq_descriptor table[VIRTQ_SIZE];
	struct {
		volatile uint16_t flags, index, ring[VIRTQ_SIZE], event;
	} available;
	struct {
		volatile uint16_t flags, index;
		struct virtq_element ring[VIRTQ_SIZE];
		volatile uint16_t event;
	} used __attribute__((aligned(4)));
} __attribute__((aligned(4096)));

static inline uint32_t virtio_get(uintptr_t device, unsigned int offset)
{
	return mmio_read32(device + offset);
}

/* The device sees what was written to memory before. */
static inline void virtio_set(uintptr_t device, unsigned int offset, uint32_t value)
{
	dsb();
	mmio_write32(device + offset, value);
}

/* The first device of that type; 0 if there is none. */
uintptr_t virtio_find(uint32_t type);

/* The interrupt of a device. */
unsigned int virtio_intid(uintptr_t device);

/*
 * Reset the device and accept those of its features that the first word names, and VERSION_1.
 * Returns false if the device does not agree. Queues follow, then virtio_go().
 */
bool virtio_begin(uintptr_t device, uint32_t features);

/* Clear `queue` and make it the device's queue `number`, with its table at the IPA `table`. */
void virtio_queue_at(uintptr_t device, unsigned int number, struct virtq *queue, uint64_t table);
void virtio_queue(uintptr_t device, unsigned int number, struct virtq *queue);

/* The device begins to work. */
void virtio_go(uintptr_t device);

/* Make the chain that begins with descriptor `head` available, and tell the device. */
void virtio_offer(uintptr_t device, unsigned int number, struct virtq *queue, uint16_t head);

/* Acknowledge the interrupts that the device has raised, in their handler. */
void virtio_acknowledge(uintptr_t device);
