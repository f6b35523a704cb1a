// SPDX-License-Identifier: BSD-2-Clause
/*
 * A client of the signer that sends a request every `period` ms (command line; default 20),
 * for ever. The same text must give the same MAC, and different texts different ones. After
 * each 25 replies it prints their number and the longest wait so far.
 */

#include "../protocol.h"
#include "partition.h"

#define PATIENCE 5000000000ul /* ns */
#define TEXTS	 4

static const struct pipe_parts requests = {
	.region = "sign-client",
	.size = SIGN_HALF,
	.message_max = sizeof(struct sign_request),
	.to_consumer = "request-client",
	.to_producer = "reply-client",
};

static const struct pipe_parts replies = {
	.region = "sign-client",
	.offset = SIGN_HALF,
	.size = SIGN_HALF,
	.message_max = sizeof(struct sign_reply),
	.to_consumer = "reply-client",
	.to_producer = "request-client",
};

static struct pipe to_signer, from_signer;

static void sign(uint32_t id, const char *text, uint8_t mac[SIGN_MAC])
{
	struct sign_request request = { .id = id };
	uint32_t length = (uint32_t)strlen(text);
	struct sign_reply reply;
	int size;

	memcpy(request.text, text, length);
	if (pipe_send(&to_signer, &request, 4 + length, hvk_time() + PATIENCE) != RING_OK)
		panic("request %u was not taken", id);
	size = pipe_receive(&from_signer, &reply, sizeof(reply), hvk_time() + PATIENCE);
	if (size != sizeof(reply))
		panic("no reply to request %u: %d", id, size);
	if (reply.id != id)
		panic("a reply to %u instead of %u", reply.id, id);
	memcpy(mac, reply.mac, SIGN_MAC);
}

void PartitionMain(uintptr_t device_tree)
{
	uint64_t period = bootarg_number("period", 20) * 1000000, longest = 0;
	uint8_t macs[TEXTS][SIGN_MAC], mac[SIGN_MAC];

	(void)device_tree;
	if (pipe_open(&to_signer, RING_PRODUCER, &requests) < 0 ||
	    pipe_open(&from_signer, RING_CONSUMER, &replies) < 0)
		panic("the system does not connect this client with the signer");
	for (uint32_t id = 1;; id++) {
		char text[] = "text 0 of the client";
		uint64_t start = hvk_time(), took;

		text[5] = (char)('0' + id % TEXTS);
		sign(id, text, mac);
		took = hvk_time() - start;
		longest = took > longest ? took : longest;
		if (id <= TEXTS)
			memcpy(macs[id % TEXTS], mac, SIGN_MAC);
		else if (memcmp(macs[id % TEXTS], mac, SIGN_MAC) != 0)
			panic("signature %u is not the one from before", id);
		if (id % TEXTS && memcmp(macs[0], mac, SIGN_MAC) == 0 && id > TEXTS)
			panic("two texts have one signature");
		if (id % 25 == 0)
			printf("client: %u signatures, longest %lu us\n", id, longest / 1000);
		while (hvk_wait(start + period) != HVK_PARA_ETIMEDOUT)
			hvk_event_pending(~0ul, NULL);
	}
}
