// SPDX-License-Identifier: BSD-2-Clause
/* Drivers' common part. */

#include "virtio.h"

#include "string.h"

#define MAGIC 0x74726976

uintptr_t virtio_find(uint32_t type)
{
	for (unsigned int i = 0; i < BOARD_VIRTIO_SLOTS; i++) {
		uintptr_t device = BOARD_VIRTIO + i * BOARD_VIRTIO_SIZE;

		if (virtio_get(device, VIRTIO_MAGIC) == MAGIC &&
		    virtio_get(device, VIRTIO_DEVICE_ID) == type)
			return device;
	}
	return 0;
}

unsigned int virtio_intid(uintptr_t device)
{
	return BOARD_INTID_VIRTIO +
	       (unsigned int)((device - BOARD_VIRTIO) / BOARD_VIRTIO_SIZE);
}

bool virtio_begin(uintptr_t device, uint32_t features)
{
	const uint32_t status = VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER;

	virtio_set(device, VIRTIO_STATUS, 0);
	virtio_set(device, VIRTIO_STATUS, status);
	virtio_set(device, VIRTIO_DEVICE_SEL, 0);
	features &= virtio_get(device, VIRTIO_DEVICE_FEATURES);
	virtio_set(device, VIRTIO_DRIVER_SEL, 0);
	virtio_set(device, VIRTIO_DRIVER_FEATURES, features);
	virtio_set(device, VIRTIO_DRIVER_SEL, 1);
	virtio_set(device, VIRTIO_DRIVER_FEATURES, VIRTIO_F_VERSION_1);
	virtio_set(device, VIRTIO_STATUS, status | VIRTIO_FEATURES_OK);
	return virtio_get(device, VIRTIO_STATUS) & VIRTIO_FEATURES_OK;
}

static void set_address(uintptr_t device, unsigned int offset, uint64_t ipa)
{
	virtio_set(device, offset, (uint32_t)ipa);
	virtio_set(device, offset + 4, (uint32_t)(ipa >> 32));
}

void virtio_queue_at(uintptr_t device, unsigned int number, struct virtq *queue,
		     uint64_t table)
{
	memset(queue, 0, sizeof(*queue));
	virtio_set(device, VIRTIO_QUEUE_SEL, number);
	virtio_set(device, VIRTIO_QUEUE_NUM, VIRTQ_SIZE);
	set_address(device, VIRTIO_QUEUE_DESC, table);
	set_address(device, VIRTIO_QUEUE_DRIVER, (uintptr_t)&queue->available);
	set_address(device, VIRTIO_QUEUE_DEVICE, (uintptr_t)&queue->used);
	virtio_set(device, VIRTIO_QUEUE_READY, 1);
}

void virtio_queue(uintptr_t device, unsigned int number, struct virtq *queue)
{
	virtio_queue_at(device, number, queue, (uintptr_t)queue->table);
}

void virtio_go(uintptr_t device)
{
	virtio_set(device, VIRTIO_STATUS,
		   virtio_get(device, VIRTIO_STATUS) | VIRTIO_DRIVER_OK);
}

void virtio_offer(uintptr_t device, unsigned int number, struct virtq *queue, uint16_t head)
{
	queue->available.ring[queue->available.index % VIRTQ_SIZE] = head;
	dmb(); /* the entry before the index */
	queue->available.index++;
	virtio_set(device, VIRTIO_QUEUE_NOTIFY, number);
}

void virtio_acknowledge(uintptr_t device)
{
	virtio_set(device, VIRTIO_INT_ACK, virtio_get(device, VIRTIO_INT_STATUS));
}
