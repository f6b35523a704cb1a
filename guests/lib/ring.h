/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message ring in shared memory for one producer and one consumer, each in a partition or
 * in a Linux process. ring.h and ring.c use nothing else of the library, so that they compile
 * anywhere.
 *
 * Neither side trusts the other. The layout of the ring is not in the shared memory; an
 * index of the other side is read once and checked; messages are copied out before they are
 * interpreted. The worst that the other side can do is to send wrong messages, or none.
 *
 * Before a side sleeps it sets a flag, so that the other side sends events only then:
 *
 *	consumer: while (ring_get(..) == RING_EMPTY) {
 *			ring_sleep(ring);
 *			if (ring_empty(ring))  wait for the producer's event
 *			ring_wake(ring);
 *		  }
 *	producer: ring_put(..); if (ring_must_notify(ring))  notify the consumer
 *
 * and the other way round with RING_FULL and ring_full().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * The start of the shared memory, initially zero. Each side writes only its own structure,
 * which fills a cache line. `index` counts the messages that the side has put or taken,
 * modulo 2^32; `sleeps` is 1 while it sleeps or is about to.
 */
struct ring_side {
	uint32_t index;
	uint32_t sleeps;
	uint32_t pad[14];
};

struct ring_shared {
	struct ring_side producer;
	struct ring_side consumer;
	/* The slots follow: 4 bytes for the message's size, then the message. */
};

enum ring_role { RING_PRODUCER, RING_CONSUMER };

/* One side's state, in its private memory. */
struct ring {
	struct ring_side *own;
	struct ring_side *peer;
	uint8_t *slots;
	uint32_t count;		/* number of slots, a power of two */
	uint32_t slot_size;	/* bytes, with the 4 of the size; a multiple of 4 */
	uint32_t index;		/* own index; own->index is a copy of it */
	uint32_t seen;		/* the peer's index, as last read */
	enum ring_role role;
};

enum { RING_OK = 0, RING_EMPTY = -1, RING_FULL = -2, RING_BROKEN = -3, RING_SIZE = -4 };

/*
 * Takes one role in the ring in the `size` bytes at `memory`, whose messages have at most
 * `message_max` bytes. The number of slots is the largest power of two that fits. Both sides
 * give the same numbers. A side that was restarted continues where it was before; messages
 * that were not taken are still there. RING_OK, or RING_SIZE if not even one slot fits.
 */
int ring_open(struct ring *ring, enum ring_role role, void *memory, uint32_t size,
	      uint32_t message_max);

/* Puts a message. RING_OK, RING_FULL, RING_SIZE (too long), RING_BROKEN (wrong peer index). */
int ring_put(struct ring *ring, const void *message, uint32_t size);

/*
 * Takes a message. Returns its size, or RING_EMPTY, RING_SIZE (it is longer than `max`, or
 * than a slot, and was dropped), RING_BROKEN (wrong peer index).
 */
int ring_get(struct ring *ring, void *message, uint32_t max);

/*
 * Read the peer's index: true if no message can be taken (consumer), or put (producer), also
 * because that index is wrong.
 */
bool ring_empty(struct ring *ring);
bool ring_full(struct ring *ring);
/* Whether at least half of the slots have messages. */
bool ring_half_full(struct ring *ring);

/* Tell the peer that this side is about to sleep, and that it no longer sleeps. */
void ring_sleep(struct ring *ring);
void ring_wake(struct ring *ring);
/*
 * After ring_put() or ring_get(): whether to notify the peer, because it sleeps and has
 * something to do. A sleeping producer has that when half of the ring is free.
 */
bool ring_must_notify(struct ring *ring);
