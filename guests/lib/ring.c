// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ring. Its only synchronisation is load-acquire and store-release of the indices, and a
 * full barrier on each side where one goes to sleep. These work for cached and non-cached
 * mappings, as both are Normal memory (DDI 0487 B2.3). Exclusives are not used, because
 * non-cached memory need not support them.
 */

#include "ring.h"

/*
 * Copies 8 bytes at a time where both pointers are aligned to 4. The accesses are volatile and
 * aligned, as the other side may change the ring's memory meanwhile, and it may be mapped as
 * any type of memory.
 */
static void copy(uint8_t *to, const uint8_t *from, uint32_t size)
{
	while (size >= 8 && (((uintptr_t)to | (uintptr_t)from) & 3) == 0) {
		((volatile uint32_t *)to)[0] = ((const volatile uint32_t *)from)[0];
		((volatile uint32_t *)to)[1] = ((const volatile uint32_t *)from)[1];
		to += 8;
		from += 8;
		size -= 8;
	}
	while (size--)
		*(volatile uint8_t *)to++ = *(const volatile uint8_t *)from++;
}

/* The number of messages in the ring; more than there are slots if an index is wrong. */
static uint32_t fill(const struct ring *ring)
{
	return ring->role == RING_PRODUCER ? ring->index - ring->seen : ring->seen - ring->index;
}

/*
 * Reads the peer's index. The acquire orders that before the accesses to the slot that it
 * allows: the consumer's reads, or the producer's writes (B2.3.7).
 */
static void look(struct ring *ring)
{
	ring->seen = __atomic_load_n(&ring->peer->index, __ATOMIC_ACQUIRE);
}

/*
 * Publishes the own index. The release orders all earlier accesses to the slot before it: the
 * producer's writes, which the consumer reads then, or the consumer's reads, after which the
 * producer may write the slot again (B2.3.7).
 */
static void advance(struct ring *ring)
{
	ring->index++;
	__atomic_store_n(&ring->own->index, ring->index, __ATOMIC_RELEASE);
}

static uint8_t *slot(const struct ring *ring)
{
	return ring->slots + (uint64_t)(ring->index & (ring->count - 1)) * ring->slot_size;
}

int ring_open(struct ring *ring, enum ring_role role, void *memory, uint32_t size,
	      uint32_t message_max)
{
	struct ring_shared *shared = memory;
	uint32_t slot_size = 4 + ((message_max + 3) & ~3u);
	uint32_t room;

	if (size < sizeof(*shared) || slot_size <= message_max)
		return RING_SIZE;
	room = (size - (uint32_t)sizeof(*shared)) / slot_size;
	if (!room)
		return RING_SIZE;
	ring->count = 1;
	while (ring->count <= room / 2)
		ring->count *= 2;
	ring->slot_size = slot_size;
	ring->slots = (uint8_t *)memory + sizeof(*shared);
	ring->role = role;
	ring->own = role == RING_PRODUCER ? &shared->producer : &shared->consumer;
	ring->peer = role == RING_PRODUCER ? &shared->consumer : &shared->producer;
	ring->index = __atomic_load_n(&ring->own->index, __ATOMIC_RELAXED);
	look(ring);
	/* The indices do not fit together, as the peer may have overwritten one: begin anew. */
	if (fill(ring) > ring->count) {
		ring->index = ring->seen;
		__atomic_store_n(&ring->own->index, ring->index, __ATOMIC_RELEASE);
	}
	ring_wake(ring);
	return RING_OK;
}

int ring_put(struct ring *ring, const void *message, uint32_t size)
{
	uint8_t *to;

	if (size > ring->slot_size - 4)
		return RING_SIZE;
	if (fill(ring) >= ring->count) {
		look(ring);
		if (fill(ring) > ring->count)
			return RING_BROKEN;
		if (fill(ring) == ring->count)
			return RING_FULL;
	}
	to = slot(ring);
	*(volatile uint32_t *)to = size;
	copy(to + 4, message, size);
	advance(ring);
	return RING_OK;
}

int ring_get(struct ring *ring, void *message, uint32_t max)
{
	const uint8_t *from;
	uint32_t size;

	if (fill(ring) == 0 || fill(ring) > ring->count) {
		look(ring);
		if (fill(ring) == 0)
			return RING_EMPTY;
		if (fill(ring) > ring->count)
			return RING_BROKEN;
	}
	from = slot(ring);
	size = *(const volatile uint32_t *)from; /* once, as the peer may change it */
	if (size > ring->slot_size - 4 || size > max) {
		advance(ring);
		return RING_SIZE;
	}
	copy(message, from + 4, size);
	advance(ring);
	return (int)size;
}

bool ring_empty(struct ring *ring)
{
	look(ring);
	return fill(ring) == 0 || fill(ring) > ring->count;
}

bool ring_full(struct ring *ring)
{
	look(ring);
	return fill(ring) >= ring->count;
}

bool ring_half_full(struct ring *ring)
{
	if (fill(ring) < ring->count / 2)
		return false;
	look(ring);
	return fill(ring) >= ring->count / 2;
}

/*
 * Each side writes one word and then reads the other's: the side that goes to sleep writes
 * its `sleeps` and then reads the peer's index; the peer writes its index and then reads
 * `sleeps`. With a full barrier between write and read on both sides, at least one of them
 * sees the other's write (B2.3.11), so that neither sleeps through a message.
 */
void ring_sleep(struct ring *ring)
{
	__atomic_store_n(&ring->own->sleeps, 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void ring_wake(struct ring *ring)
{
	__atomic_store_n(&ring->own->sleeps, 0, __ATOMIC_RELAXED);
}

bool ring_must_notify(struct ring *ring)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	/* Wake the producer when half of the ring is free, not for each slot. */
	if (ring->role == RING_CONSUMER && fill(ring) > ring->count / 2)
		return false;
	return __atomic_load_n(&ring->peer->sleeps, __ATOMIC_RELAXED);
}
