// SPDX-License-Identifier: BSD-2-Clause
/* pingpong ROUNDS: asks the partition in guests/pingpong for squares and checks them. */

#include <stdio.h>
#include <stdlib.h>

#include "link.h"

struct mailbox {
	uint64_t question;
	uint64_t answer;
};

int main(int argc, char **argv)
{
	uint32_t rounds = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 100;
	volatile struct mailbox *mailbox = link_region("mailbox").memory;
	int there = link_sender("ping"), back = link_receiver("pong");

	for (uint64_t n = 1; n <= rounds; n++) {
		mailbox->question = n;
		/* The question is written before the event is sent. */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		link_notify(there);
		if (!link_wait(back, 10000)) {
			fprintf(stderr, "pingpong: no answer to %lu\n", n);
			return 1;
		}
		/* The event is received before the answer is read. */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (mailbox->answer != n * n) {
			fprintf(stderr, "pingpong: %lu is not the square of %lu\n",
				mailbox->answer, n);
			return 1;
		}
	}
	printf("%u answers, each right\n", rounds);
	mailbox->question = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	link_notify(there);
	return 0;
}
