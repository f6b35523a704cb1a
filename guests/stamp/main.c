// SPDX-License-Identifier: BSD-2-Clause
/*
 * Checks that all guests of a system have one clock. `ask` writes its time, `answer` adds its
 * own, and `ask` checks that the answer's time is between those of asking and of hearing. After
 * half of the rounds `answer` reboots, with a question open, and its time must not go back.
 * Command line: `ask` or nothing, and `rounds=N`, the same for both.
 */

#include "partition.h"

struct letter {
	uint64_t asked;
	uint64_t answered;
	uint64_t round; /* number of the last answer */
};

/* Sleeps until an event of this channel is pending, and takes it. */
static void take(const struct hvk_para_channel *channel)
{
	while (!hvk_event_pending(1ULL << channel->number, NULL))
		hvk_wait(HVK_PARA_FOREVER);
	dmb(); /* the event is taken before the letter is read */
}

static void tell(const struct hvk_para_channel *channel)
{
	dmb(); /* the letter is written before the event is sent */
	hvk_event_notify(channel->number);
}

static void ask(volatile struct letter *letter, const struct hvk_para_channel *there,
		const struct hvk_para_channel *back, uint64_t rounds)
{
	uint64_t longest = 0, heard;

	for (uint64_t n = 1; n <= rounds; n++) {
		letter->asked = hvk_time();
		tell(there);
		take(back);
		heard = hvk_time();
		if (letter->answered < letter->asked || heard < letter->answered)
			panic("round %lu: asked at %lu ns, answered at %lu, heard at %lu", n,
			      letter->asked, letter->answered, heard);
		if (heard - letter->asked > longest)
			longest = heard - letter->asked;
	}
	printf("%lu answers, each between asking and hearing; %lu ns at most\n", rounds, longest);
}

static void answer(volatile struct letter *letter, const struct hvk_para_channel *there,
		   const struct hvk_para_channel *back, uint64_t rounds)
{
	struct hvk_para_info info;
	uint64_t start = hvk_time();
	bool open;

	hvk_info(&info);
	if (start < letter->answered)
		panic("started at %lu ns, after an answer at %lu", start, letter->answered);
	printf("boot %u, %lu answers before it\n", info.boots, letter->round);
	/* The event of the open question was taken before the reboot and does not come again. */
	open = info.boots > 0;
	while (letter->round < rounds) {
		if (!open)
			take(there);
		if (!info.boots && letter->round == rounds / 2)
			hvk_reboot();
		open = false;
		letter->answered = hvk_time();
		letter->round++;
		tell(back);
	}
}

void PartitionMain(uintptr_t device_tree)
{
	uint64_t rounds = bootarg_number("rounds", 200);
	struct hvk_para_channel there, back;
	struct hvk_para_shared shared;

	(void)device_tree;
	if (hvk_channel_find("there", &there) < 0 || hvk_channel_find("back", &back) < 0 ||
	    hvk_shared_find("letter", &shared) < 0)
		panic("the system lacks a channel or the letter");
	(bootarg_given("ask") ? ask : answer)(hvk_shared_map(&shared), &there, &back, rounds);
}
