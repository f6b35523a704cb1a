// SPDX-License-Identifier: BSD-2-Clause
/*
 * Has a key and signs with it for its clients, each of which has its own region and channels.
 * A client's data is not trusted. A client that does not take its replies loses them, so that
 * it cannot block the signer for other clients.
 */

#include "../protocol.h"
#include "hmac.h"
#include "partition.h"

_Static_assert(SIGN_MAC == SHA256_SIZE, "the protocol has room for one MAC");
_Static_assert(SIGN_TEXT_MAX <= SHA256_BLOCK, "hmac.h");

/* The secret. It is in memory of this partition that is not shared. */
static const uint8_t key[] = "the key that never leaves this partition";

#define CLIENTS 2

static struct client {
	const char *name;
	struct pipe requests;
	struct pipe replies;
	unsigned int refused;
	bool broken;
} clients[CLIENTS] = { { .name = "linux" }, { .name = "client" } };

static void join(char *to, size_t size, const char *first, const char *second)
{
	snprintf(to, size, "%s-%s", first, second);
}

static bool open_client(struct client *client)
{
	char region[HVK_PARA_NAME_MAX], request[HVK_PARA_NAME_MAX], reply[HVK_PARA_NAME_MAX];
	struct pipe_parts parts = {
		.region = region,
		.size = SIGN_HALF,
		.message_max = sizeof(struct sign_request),
		.to_consumer = request,
		.to_producer = reply,
	};

	join(region, sizeof(region), "sign", client->name);
	join(request, sizeof(request), "request", client->name);
	join(reply, sizeof(reply), "reply", client->name);
	if (pipe_open(&client->requests, RING_CONSUMER, &parts) < 0)
		return false;
	parts.offset = SIGN_HALF;
	parts.message_max = sizeof(struct sign_reply);
	parts.to_consumer = reply;
	parts.to_producer = request;
	return pipe_open(&client->replies, RING_PRODUCER, &parts) == 0;
}

/* Reports a client's broken ring, once until the ring works again. */
static void complain(struct client *client)
{
	char message[HVK_PARA_HEALTH_MAX];

	if (client->broken)
		return;
	client->broken = true;
	snprintf(message, sizeof(message), "client %s: its ring is broken", client->name);
	hvk_health(1, message);
}

/* Serves one request of the client; false: there is none. */
static bool serve(struct client *client)
{
	struct sign_request request;
	struct sign_reply reply;
	int size = pipe_try_receive(&client->requests, &request, sizeof(request));
	uint32_t text;

	if (size == RING_EMPTY)
		return false;
	if (size == RING_BROKEN) {
		complain(client);
		return false;
	}
	client->broken = false;
	if (size <= (int)sizeof(request.id)) {
		client->refused++;
		return true;
	}
	text = (uint32_t)size - (uint32_t)sizeof(request.id);
	reply.id = request.id;
	hmac_sha256(reply.mac, key, sizeof(key) - 1, request.text, text);
	if (pipe_try_send(&client->replies, &reply, sizeof(reply)) != RING_OK)
		client->refused++;
	return true;
}

void PartitionMain(uintptr_t device_tree)
{
	struct client *served[CLIENTS];
	struct pipe *pipes[CLIENTS];
	unsigned int count = 0;

	(void)device_tree;
	if (!hmac_works())
		panic("HMAC-SHA256 does not give what RFC 4231 says");
	for (unsigned int i = 0; i < CLIENTS; i++) {
		if (open_client(&clients[i])) {
			served[count] = &clients[i];
			pipes[count++] = &clients[i].requests;
			printf("signer: serves %s\n", clients[i].name);
		}
	}
	if (!count)
		panic("the system names no client of mine");
	for (;;) {
		bool busy = false;

		for (unsigned int i = 0; i < count; i++)
			busy |= serve(served[i]);
		if (!busy)
			pipe_wait(pipes, count, HVK_PARA_FOREVER);
	}
}
