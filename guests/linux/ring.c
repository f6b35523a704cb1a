// SPDX-License-Identifier: BSD-2-Clause
/* ring COUNT: sends the messages of guests/ring to a partition, which checks them. */

#include <stdio.h>
#include <stdlib.h>

#include "../ring/messages.h"
#include "link.h"

int main(int argc, char **argv)
{
	uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 10000;
	struct region region = link_region("ring");
	struct link link;
	uint64_t start;

	link_open(&link, RING_PRODUCER, region.memory, region.size, MESSAGE_MAX,
		  link_sender("filled"), link_receiver("emptied"));
	start = link_now();
	for (uint32_t n = 0; n < count; n++) {
		struct message message;
		uint32_t size = message_make(&message, n);
		int result = link_send(&link, &message, size, -1);

		if (result != RING_OK) {
			fprintf(stderr, "ring: message %u was not sent: %d\n", n, result);
			return 1;
		}
	}
	printf("sent %u messages in %lu ms\n", count, link_now() - start);
	return 0;
}
