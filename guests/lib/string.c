// SPDX-License-Identifier: BSD-2-Clause
/* Bytes and strings; the compiler itself generates calls of the first four. */

#include "string.h"

#include <stdint.h>

void *memcpy(void *__restrict to, const void *__restrict from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	while (size--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (t <= f) {
		while (size--)
			*t++ = *f++;
	} else {
		while (size--)
			t[size] = f[size];
	}
	return to;
}

void *memset(void *to, int value, size_t size)
{
	uint8_t *t = to;

	while (size--)
		*t++ = (uint8_t)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *p = a;
	const uint8_t *q = b;

	for (; size; size--, p++, q++) {
		if (*p != *q)
			return *p - *q;
	}
	return 0;
}

size_t strlen(const char *s)
{
	size_t length = 0;

	while (s[length])
		length++;
	return length;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}
