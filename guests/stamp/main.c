// SPDX-License-Identifier: BSD-2-Clause
/*
 * One clock for a system: `ask` sends its time, `answer` puts its own beside it, and
 * the three moments that `ask` then has must be in their order. Half way `answer`
 * starts anew with a question in its hands, and its time must go on. `rounds=N`, the same for both.
 */

#include "partition.h"

struct letter {
	uint64_t asked;
	uint64_t answered;
	uint64_t round; /* of the last answer */
};

/* Sleeps until an event of this channel has come, and takes it. */
static void take(const struct hvk_para_channel *channel)
{
	while (!hvk_event_pending(1ULL << channel->number, NULL))
		hvk_wait(HVK_PARA_FOREVER);
	dmb(); /* what was written before the event is read after it */
}

static void tell(const struct hvk_para_channel *channel)
{
	dmb(); /* the letter before the event */
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
	/* An event that was taken is not told again: after a restart a question is open. */
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
