// SPDX-License-Identifier: BSD-2-Clause
/* sign TEXT...: asks the partition that has the key to sign each text. */

#include <stdio.h>
#include <string.h>

#include "../secure/protocol.h"
#include "link.h"

#define PATIENCE 10000 /* ms */

int main(int argc, char **argv)
{
	struct region region = link_region("sign-linux");
	int notify = link_sender("request-linux"), wait = link_receiver("reply-linux");
	struct link requests, replies;
	/* Differs from run to run, as replies to a client that was killed may still come. */
	uint32_t id = (uint32_t)link_now() << 8;

	link_open(&requests, RING_PRODUCER, region.memory, SIGN_HALF, sizeof(struct sign_request),
		  notify, wait);
	link_open(&replies, RING_CONSUMER, (char *)region.memory + SIGN_HALF, SIGN_HALF,
		  sizeof(struct sign_reply), notify, wait);
	for (int i = 1; i < argc; i++) {
		struct sign_request request = { .id = ++id };
		size_t length = strlen(argv[i]);
		struct sign_reply reply;

		if (!length || length > SIGN_TEXT_MAX) {
			fprintf(stderr, "sign: a text has 1 to %d bytes\n", SIGN_TEXT_MAX);
			return 2;
		}
		memcpy(request.text, argv[i], length);
		if (link_send(&requests, &request, 4 + (uint32_t)length, PATIENCE) != RING_OK) {
			fprintf(stderr, "sign: the signer takes no request\n");
			return 1;
		}
		do {
			if (link_receive(&replies, &reply, sizeof(reply), PATIENCE) !=
			    sizeof(reply)) {
				fprintf(stderr, "sign: no reply\n");
				return 1;
			}
		} while (reply.id != id);
		printf("signed %s ", argv[i]);
		for (int n = 0; n < SIGN_MAC; n++)
			printf("%02x", reply.mac[n]);
		printf("\n");
	}
	return 0;
}
