/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring (ring.h) in a shared region, with an event channel each way, so that
 * either side can sleep: the producer while it is full, the consumer while it
 * is empty. One PE at a time uses a pipe.
 */
#pragma once

#include "para.h"
#include "ring.h"

struct pipe {
	struct ring ring;
	uint32_t notify;	/* channel to the other side */
	uint64_t wait;		/* bit of the channel from it */
};

/* What a pipe is made of; both sides say the same, but for the role. */
struct pipe_parts {
	const char *region;	/* shared memory, which both may write */
	uint32_t offset, size;	/* the ring's part of it; size 0: the rest */
	uint32_t message_max;
	const char *to_consumer, *to_producer;	/* channels */
};

/* 0, HVK_PARA_ENOENT, or HVK_PARA_EINVAL: the ring does not fit. */
int64_t pipe_open(struct pipe *pipe, enum ring_role role, const struct pipe_parts *parts);

/*
 * As ring_put() and ring_get(); the other side is told if it sleeps. The first
 * two return RING_FULL and RING_EMPTY at once; the others sleep until they need
 * not, at most until `deadline` in ns (or HVK_PARA_FOREVER).
 */
int pipe_try_send(struct pipe *pipe, const void *message, uint32_t size);
int pipe_try_receive(struct pipe *pipe, void *message, uint32_t max);
int pipe_send(struct pipe *pipe, const void *message, uint32_t size, uint64_t deadline);
int pipe_receive(struct pipe *pipe, void *message, uint32_t max, uint64_t deadline);

/*
 * pipe_send() of one of many: a consumer that sleeps is told when the ring is
 * half full, or by the pipe_send() of the last. Where both have one CPU, or an
 * event takes long, a consumer that is told of each message wakes for each.
 */
int pipe_send_more(struct pipe *pipe, const void *message, uint32_t size, uint64_t deadline);

/* Sleeps until one of `count` pipes has something to receive, or `deadline`. */
void pipe_wait(struct pipe *const *pipes, unsigned int count, uint64_t deadline);
