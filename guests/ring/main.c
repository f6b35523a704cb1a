// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sends messages through a pipe; the receiver checks order and content of each. Command
 * line: `send` or `receive`, and `count=N`, the same for both. messages.h defines the
 * messages; a Linux sender uses it too.
 */

#include "messages.h"
#include "partition.h"

static const struct pipe_parts parts = {
	.region = "ring",
	.message_max = MESSAGE_MAX,
	.to_consumer = "filled",
	.to_producer = "emptied",
};

static void send(struct pipe *pipe, uint32_t count)
{
	struct message message;

	for (uint32_t n = 0; n < count; n++) {
		uint32_t size = message_make(&message, n);
		int result = (n + 1 < count ? pipe_send_more : pipe_send)(
			pipe, &message, size, HVK_PARA_FOREVER);

		if (result != RING_OK)
			panic("message %u was not sent: %d", n, result);
	}
	printf("sent %u messages\n", count);
}

static void receive(struct pipe *pipe, uint32_t count)
{
	uint64_t start = 0;
	struct message message;

	for (uint32_t n = 0; n < count; n++) {
		int size = pipe_receive(pipe, &message, sizeof(message), HVK_PARA_FOREVER);

		if (size < 0)
			panic("message %u did not come: %d", n, size);
		if (!message_right(&message, (uint32_t)size, n))
			panic("message %u is wrong: %d bytes, number %u", n, size, message.number);
		if (!n)
			start = hvk_time();
	}
	printf("received %u messages, each as it was sent, in %lu ms\n", count,
	       (hvk_time() - start) / 1000000);
	if (pipe_try_receive(pipe, &message, sizeof(message)) != RING_EMPTY)
		panic("there is one more message than was sent");
}

void PartitionMain(uintptr_t device_tree)
{
	uint32_t count = (uint32_t)bootarg_number("count", 100000);
	bool sends = bootarg_given("send");
	struct pipe pipe;
	int64_t result;

	(void)device_tree;
	if (sends == bootarg_given("receive"))
		panic("say 'send' or 'receive' on the command line");
	result = pipe_open(&pipe, sends ? RING_PRODUCER : RING_CONSUMER, &parts);
	if (result < 0)
		panic("no pipe: %ld", result);
	if (sends)
		send(&pipe, count);
	else
		receive(&pipe, count);
}
