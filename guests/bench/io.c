// SPDX-License-Identifier: BSD-2-Clause
/*
 * What one transfer of a virtio device costs, one at a time, from the guest's store to the
 * interrupt's handler: 4 KiB of a disk, and an echo request on the network, which its other
 * end answers. In nanoseconds of the counter, as bench.c: `bench NAME NANOSECONDS`, and at
 * the end `bench-end`. The guest sleeps in WFI meanwhile.
 *
 * It needs a disk, a network card with the MAC address below, and at the network's other
 * end 10.9.0.1, which knows that 10.9.0.2 has this address.
 */

#include "exc.h"
#include "gic.h"
#include "printf.h"
#include "smp.h"
#include "string.h"
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

/*
 * Sleeps until the device has returned `index` buffers of the queue, or more: a network has
 * packets that nobody asked for.
 */
static void wait_for(const struct virtq *queue, uint16_t index, const char *name)
{
	uint64_t end = timer_now() + timer_ticks(LIMIT * 1000ul);

	while ((int16_t)(queue->used.index - index) < 0) {
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

/* --- disk ----------------------------------------------------------------------- */

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

/* --- network -------------------------------------------------------------------- */

#define RECEIVE   0
#define TRANSMIT  1
#define DATA      56
#define BUFFERS   4
#define ECHO      8
#define ECHOED    0
#define PROTOCOL  1      /* ICMP */
#define ETHERTYPE 0x0800 /* IPv4 */

/* The header of virtio 1.2, 5.1.6, then the frame; its numbers are big-endian. */
static struct packet {
	uint8_t virtio[12];
	uint8_t to[6], from[6], ethertype[2];
	uint8_t version, service, length[2], id[2], fragment[2], ttl, protocol, sum[2];
	uint8_t source[4], destination[4];
	uint8_t type, code, icmp_sum[2], echo_id[2], sequence[2], data[DATA];
} sent;
_Static_assert(sizeof(struct packet) == 12 + 14 + 20 + 8 + DATA, "no padding");

/* A device may want room for any frame (virtio 1.2, 5.1.6.3.1). */
static union {
	struct packet packet;
	uint8_t room[2048];
} received[BUFFERS];

static struct virtq queues[2];

static void put(uint8_t *field, uint16_t value)
{
	field[0] = (uint8_t)(value >> 8);
	field[1] = (uint8_t)value;
}

/* The Internet checksum (RFC 1071) of an even number of bytes. */
static uint16_t checksum(const uint8_t *bytes, unsigned int size)
{
	uint32_t sum = 0;

	for (unsigned int i = 0; i < size; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* To 10.9.0.1, by broadcast: who has the address need not be asked. */
static void make_request(void)
{
	static const uint8_t own_mac[] = { 0x52, 0x54, 0x00, 0x09, 0x00, 0x02 };

	memset(&sent, 0, sizeof(sent));
	memset(sent.to, 0xff, sizeof(sent.to));
	memcpy(sent.from, own_mac, sizeof(sent.from));
	put(sent.ethertype, ETHERTYPE);
	sent.version = 0x45;
	put(sent.length, 20 + 8 + DATA);
	sent.ttl = 64;
	sent.protocol = PROTOCOL;
	memcpy(sent.source, (const uint8_t[]){ 10, 9, 0, 2 }, 4);
	memcpy(sent.destination, (const uint8_t[]){ 10, 9, 0, 1 }, 4);
	put(sent.sum, checksum(&sent.version, 20));
	sent.type = ECHO;
	put(sent.icmp_sum, checksum(&sent.type, 8 + DATA));
}

static bool is_answer(const struct packet *packet)
{
	return packet->ethertype[0] == ETHERTYPE >> 8 && packet->ethertype[1] == 0 &&
	       packet->protocol == PROTOCOL && packet->type == ECHOED;
}

static void network(uintptr_t device, const char *name)
{
	struct virtq *in = &queues[RECEIVE], *out = &queues[TRANSMIT];
	uint16_t arrived = 0;
	uint64_t start = 0;

	make_request();
	for (unsigned int i = 0; i < BUFFERS; i++) {
		in->table[i] =
			(struct virtq_descriptor){ (uintptr_t)&received[i],
						   sizeof(received[i]), VIRTIO_WRITE, 0 };
		virtio_offer(device, RECEIVE, in, (uint16_t)i);
	}
	out->table[0] = (struct virtq_descriptor){ (uintptr_t)&sent, sizeof(sent), 0, 0 };
	out->available.flags = 1; /* no interrupt for what was sent: the answer has one */
	for (unsigned int i = 0; i < WARM + ROUNDS; i++) {
		bool answered = false;

		if (i == WARM)
			start = timer_now();
		virtio_offer(device, TRANSMIT, out, 0);
		while (!answered) {
			uint32_t id;

			wait_for(in, (uint16_t)(arrived + 1), name);
			id = in->used.ring[arrived++ % VIRTQ_SIZE].id;
			answered = is_answer(&received[id % BUFFERS].packet);
			virtio_offer(device, RECEIVE, in, (uint16_t)id);
		}
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

	device = begin(VIRTIO_NET, "network card");
	virtio_queue(device, RECEIVE, &queues[RECEIVE]);
	virtio_queue(device, TRANSMIT, &queues[TRANSMIT]);
	virtio_go(device);
	network(device, "echo");
	printf("bench-end\n");
}
