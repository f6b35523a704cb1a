/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring (ring.h) in a shared region with an event channel in each direction, so that both
 * sides can sleep: the producer while the ring is full, the consumer while it is empty. Only
 * one PE at a time may use a pipe.
 */
#pragma once

#include "para.h"
#include "ring.h"

struct pipe {
	struct ring ring;
	uint32_t notify;	/* number of the channel to the other side */
	uint64_t wait;		/* bit of the channel from the other side */
};

/* The parts of a pipe; both sides give the same values. */
struct pipe_parts {
	const char *region;	/* name of shared memory that both sides may write */
	uint32_t offset, size;	/* the ring's bytes in it; size 0: up to its end */
	uint32_t message_max;	/* the most bytes of a message */
	const char *to_consumer, *to_producer;	/* names of the channels */
};

/*
 * Takes one role in a pipe. HVK_PARA_OK, HVK_PARA_ENOENT (no such region or channel),
 * HVK_PARA_EINVAL (the ring does not fit into the region).
 */
int64_t pipe_open(struct pipe *pipe, enum ring_role role, const struct pipe_parts *parts);

/*
 * Like ring_put() and ring_get(), and notify the other side if it sleeps. The first two
 * return RING_FULL or RING_EMPTY at once. The others sleep while the ring is full or empty,
 * at most until `deadline` (hvk_time(), or HVK_PARA_FOREVER).
 */
int pipe_try_send(struct pipe *pipe, const void *message, uint32_t size);
int pipe_try_receive(struct pipe *pipe, void *message, uint32_t max);
int pipe_send(struct pipe *pipe, const void *message, uint32_t size, uint64_t deadline);
int pipe_receive(struct pipe *pipe, void *message, uint32_t max, uint64_t deadline);

/*
 * pipe_send() for all messages of a series but the last: notifies a sleeping consumer only
 * when the ring is half full; pipe_send() of the last message notifies it in any case. This
 * avoids one wake-up for each message, if both sides share a CPU or an event takes long.
 */
int pipe_send_more(struct pipe *pipe, const void *message, uint32_t size, uint64_t deadline);

/*
 * Sleeps until one of `count` pipes may have a message to receive, at most until `deadline`.
 * May return early: call pipe_try_receive() on each.
 */
void pipe_wait(struct pipe *const *pipes, unsigned int count, uint64_t deadline);
