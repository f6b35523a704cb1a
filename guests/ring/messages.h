/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages that are sent: of every possible size, with content that depends on the number. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MESSAGE_WORDS 7
#define MESSAGE_MAX   (4 * (MESSAGE_WORDS + 1))

struct message {
	uint32_t number;
	uint32_t words[MESSAGE_WORDS];
};

/* Word i of message `number`. */
static inline uint32_t message_word(uint32_t number, uint32_t i)
{
	return (number * 8 + i) * 0x9e3779b1u;
}

/* Makes message `number`; returns its size in bytes. */
static inline uint32_t message_make(struct message *message, uint32_t number)
{
	uint32_t words = number % (MESSAGE_WORDS + 1);

	message->number = number;
	for (uint32_t i = 0; i < words; i++)
		message->words[i] = message_word(number, i);
	return 4 + 4 * words;
}

/* Whether the `size` bytes are message `number`. */
static inline bool message_right(const struct message *message, uint32_t size, uint32_t number)
{
	uint32_t words = number % (MESSAGE_WORDS + 1);

	if (size != 4 + 4 * words || message->number != number)
		return false;
	for (uint32_t i = 0; i < words; i++) {
		if (message->words[i] != message_word(number, i))
			return false;
	}
	return true;
}
