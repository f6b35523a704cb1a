/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message ring in memory that two sides share: one producer, one consumer,
 * each in its own partition or in a Linux process. Needs nothing of the
 * library: ring.h and ring.c compile anywhere.
 *
 * Neither side trusts the other. The shape of the ring is not in the shared
 * memory; an index of the other side is read once and checked; messages are
 * copied out before anyone looks at them. The worst that the other side can do
 * is to send nonsense, or nothing.
 *
 * Who sleeps says so first, so that the other side sends events only then:
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
 * What the memory begins with, all zero at first. Each side writes its own
 * line only. `index` counts messages since the beginning, modulo 2^32.
 */
struct ring_side {
	uint32_t index;
	uint32_t sleeps;
	uint32_t pad[14];
};

struct ring_shared {
	struct ring_side producer;
	struct ring_side consumer;
	/* Then the slots: the message's size in 4 bytes, the message. */
};

enum ring_role { RING_PRODUCER, RING_CONSUMER };

/* One side's own view, in its own memory. */
struct ring {
	struct ring_side *own;
	struct ring_side *peer;
	uint8_t *slots;
	uint32_t count;		/* slots, a power of two */
	uint32_t slot_size;	/* bytes, a multiple of 4, the size's 4 with them */
	uint32_t index;		/* own; what is in the shared memory is a copy */
	uint32_t seen;		/* the peer's, when it was last looked at */
	enum ring_role role;
};

enum { RING_OK = 0, RING_EMPTY = -1, RING_FULL = -2, RING_BROKEN = -3, RING_SIZE = -4 };

/*
 * Takes one role in the ring at `memory` of `size` bytes, whose messages have
 * at most `message_max` bytes: as many slots as fit, of powers of two. Both
 * sides give the same numbers. Goes on where this side was before, if it was;
 * messages that were never taken are still there. RING_SIZE if not one fits.
 */
int ring_open(struct ring *ring, enum ring_role role, void *memory, uint32_t size,
	      uint32_t message_max);

/* RING_OK, RING_FULL, RING_SIZE (too long), RING_BROKEN (the peer's index is nonsense). */
int ring_put(struct ring *ring, const void *message, uint32_t size);

/*
 * The message's size, or RING_EMPTY, RING_SIZE (longer than `max`, or than a
 * message can be: it is dropped), RING_BROKEN (the peer's index is nonsense).
 */
int ring_get(struct ring *ring, void *message, uint32_t max);

/* Nothing can be taken, or put, as the peer's index says now; also if it is nonsense. */
bool ring_empty(struct ring *ring);
bool ring_full(struct ring *ring);
/* At least half of the slots wait for the consumer. */
bool ring_half_full(struct ring *ring);

/*
 * This side is about to sleep; has woken. After ring_put() or ring_get(): true if
 * the peer sleeps and has something to do, a producer when half of the ring is free.
 */
void ring_sleep(struct ring *ring);
void ring_wake(struct ring *ring);
bool ring_must_notify(struct ring *ring);
