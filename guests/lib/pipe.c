// SPDX-License-Identifier: BSD-2-Clause
/* A ring in shared memory and its two event channels. */

#include "pipe.h"

int64_t pipe_open(struct pipe *pipe, enum ring_role role, const struct pipe_parts *parts)
{
	bool produces = role == RING_PRODUCER;
	struct hvk_para_channel channel;
	struct hvk_para_shared shared;
	uint32_t size = parts->size;
	int64_t result;

	result = hvk_channel_find(produces ? parts->to_consumer : parts->to_producer, &channel);
	if (result < 0)
		return result;
	pipe->notify = channel.number;
	result = hvk_channel_find(produces ? parts->to_producer : parts->to_consumer, &channel);
	if (result < 0)
		return result;
	pipe->wait = 1ul << channel.number;
	result = hvk_shared_find(parts->region, &shared);
	if (result < 0)
		return result;
	if (parts->offset > shared.size || size > shared.size - parts->offset)
		return HVK_PARA_EINVAL;
	if (!size)
		size = (uint32_t)(shared.size - parts->offset);
	if (ring_open(&pipe->ring, role, (char *)hvk_shared_map(&shared) + parts->offset, size,
		      parts->message_max) != RING_OK)
		return HVK_PARA_EINVAL;
	return HVK_PARA_OK;
}

/* Notifies the other side if it sleeps and has something to do. */
static void tell(struct pipe *pipe)
{
	if (ring_must_notify(&pipe->ring))
		hvk_event_notify(pipe->notify);
}

int pipe_try_send(struct pipe *pipe, const void *message, uint32_t size)
{
	int result = ring_put(&pipe->ring, message, size);

	if (result == RING_OK)
		tell(pipe);
	return result;
}

int pipe_try_receive(struct pipe *pipe, void *message, uint32_t max)
{
	int result = ring_get(&pipe->ring, message, max);

	if (result >= 0 || result == RING_SIZE)
		tell(pipe);
	return result;
}

/*
 * Sleeps until one of the pipes' events or `deadline`, unless one of the rings is not idle any
 * more. Clears the events: what is new is in the rings. true: the deadline has passed.
 */
static bool sleep_until(struct pipe *const *pipes, unsigned int count, bool (*idle)(struct ring *),
			uint64_t deadline)
{
	bool all_idle = true, timed_out = false;
	uint64_t events = 0;

	for (unsigned int i = 0; i < count; i++) {
		ring_sleep(&pipes[i]->ring);
		all_idle = all_idle && idle(&pipes[i]->ring);
		events |= pipes[i]->wait;
	}
	if (all_idle)
		timed_out = hvk_wait(deadline) == HVK_PARA_ETIMEDOUT;
	for (unsigned int i = 0; i < count; i++)
		ring_wake(&pipes[i]->ring);
	hvk_event_pending(events, NULL);
	return timed_out;
}

/* ring_put() that sleeps while the ring is full; does not notify. */
static int put(struct pipe *pipe, const void *message, uint32_t size, uint64_t deadline)
{
	bool timed_out = false;

	for (;;) {
		int result = ring_put(&pipe->ring, message, size);

		if (result != RING_FULL || timed_out)
			return result;
		timed_out = sleep_until(&pipe, 1, ring_full, deadline);
	}
}

int pipe_send(struct pipe *pipe, const void *message, uint32_t size, uint64_t deadline)
{
	int result = put(pipe, message, size, deadline);

	/* Even if this message was not sent: pipe_send_more() may have sent others before. */
	tell(pipe);
	return result;
}

int pipe_send_more(struct pipe *pipe, const void *message, uint32_t size, uint64_t deadline)
{
	int result = put(pipe, message, size, deadline);

	if (ring_half_full(&pipe->ring))
		tell(pipe);
	return result;
}

int pipe_receive(struct pipe *pipe, void *message, uint32_t max, uint64_t deadline)
{
	bool timed_out = false;

	for (;;) {
		int result = pipe_try_receive(pipe, message, max);

		if (result != RING_EMPTY || timed_out)
			return result;
		timed_out = sleep_until(&pipe, 1, ring_empty, deadline);
	}
}

void pipe_wait(struct pipe *const *pipes, unsigned int count, uint64_t deadline)
{
	sleep_until(pipes, count, ring_empty, deadline);
}
