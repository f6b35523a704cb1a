// SPDX-License-Identifier: BSD-2-Clause
/*
 * Events in both directions, as interrupts, with numbers in shared memory. Ping writes a
 * number and sends an event; pong answers with its square, which ping checks. Pong ends when
 * the number is 0. Command line: `ping` or `pong`, and `rounds=N` for ping.
 */

#include "partition.h"

struct mailbox {
	uint64_t question;
	uint64_t answer;
};

static volatile uint32_t events;

static void on_event(void *arg)
{
	(void)arg;
	events++;
}

/* Sleeps until at least `wanted` events have come; called with interrupts masked. */
static void await(uint32_t wanted)
{
	while (events < wanted) {
		wfi();
		irq_enable();
		isb(); /* a pending interrupt is taken here (DDI 0487 D1.3.6) */
		irq_disable();
	}
}

static void ask(volatile struct mailbox *mailbox, uint32_t channel, uint64_t question)
{
	mailbox->question = question;
	hvk_event_notify(channel);
}

static void ping(volatile struct mailbox *mailbox, uint32_t channel)
{
	uint32_t rounds = (uint32_t)bootarg_number("rounds", 200);
	uint64_t start = hvk_time();

	for (uint32_t n = 1; n <= rounds; n++) {
		ask(mailbox, channel, n);
		await(n);
		if (mailbox->answer != (uint64_t)n * n)
			panic("%lu is not the square of %u", mailbox->answer, n);
	}
	printf("ping: %u answers, each right, %lu ns a round\n", rounds,
	       (hvk_time() - start) / rounds);
	ask(mailbox, channel, 0);
}

static void pong(volatile struct mailbox *mailbox, uint32_t channel)
{
	uint32_t heard = 0;
	uint64_t question;

	for (;;) {
		await(heard + 1);
		heard = events;
		question = mailbox->question;
		if (!question)
			break;
		mailbox->answer = question * question;
		hvk_event_notify(channel);
	}
	printf("pong: heard %u events\n", heard);
}

void PartitionMain(uintptr_t device_tree)
{
	bool pings = bootarg_given("ping");
	struct hvk_para_channel there, back;
	struct hvk_para_shared shared;

	(void)device_tree;
	if (pings == bootarg_given("pong"))
		panic("say 'ping' or 'pong' on the command line");
	if (hvk_channel_find("ping", &there) < 0 || hvk_channel_find("pong", &back) < 0 ||
	    hvk_shared_find("mailbox", &shared) < 0)
		panic("the system lacks a channel or the mailbox");
	if (event_listen(pings ? &back : &there, on_event, NULL) < 0)
		panic("this is not the receiver");
	if (pings)
		ping(hvk_shared_map(&shared), there.number);
	else
		pong(hvk_shared_map(&shared), back.number);
}
