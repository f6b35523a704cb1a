// SPDX-License-Identifier: BSD-2-Clause
/*
 * The command line, read from the flattened device tree (Devicetree Specification 0.4,
 * chapter 5). A line of more than 511 bytes is a panic; without a device tree it is empty.
 */

#include "bootargs.h"

#include "exc.h"
#include "string.h"

#define FDT_MAGIC      0xd00dfeedu
#define FDT_BEGIN_NODE 1u
#define FDT_END_NODE   2u
#define FDT_PROP       3u
#define FDT_NOP	       4u

/* Word offsets in the header. */
enum { FDT_TOTALSIZE = 1, FDT_STRUCT = 2, FDT_STRINGS = 3 };

/* A copy of the command line, as the partition may use the device tree's RAM. */
static char line[512];

/* The big-endian 32-bit word at p. */
static uint32_t word(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

void bootargs_init(uintptr_t device_tree)
{
	const uint8_t *tree = (const uint8_t *)device_tree, *p, *end;
	unsigned int depth = 0;
	bool in_chosen = false;

	if (!tree || device_tree % 4 || word(tree) != FDT_MAGIC)
		return;
	p = tree + word(tree + 4 * FDT_STRUCT);
	end = tree + word(tree + 4 * FDT_TOTALSIZE);
	while (p + 4 <= end) {
		uint32_t token = word(p);

		p += 4;
		if (token == FDT_BEGIN_NODE) {
			depth++;
			in_chosen = depth == 2 && strcmp((const char *)p, "chosen") == 0;
			p += (strlen((const char *)p) + 4) & ~3ul;
		} else if (token == FDT_END_NODE) {
			depth--;
			in_chosen = false;
		} else if (token == FDT_PROP) {
			uint32_t size = word(p), name = word(p + 4);

			if (in_chosen &&
			    strcmp((const char *)tree + word(tree + 4 * FDT_STRINGS) + name,
				   "bootargs") == 0) {
				if (size > sizeof(line))
					panic("a command line of %u bytes; there is room for %u",
					      size - 1, (unsigned int)sizeof(line) - 1);
				for (size_t i = 0; i + 1 < sizeof(line) && i < size; i++)
					line[i] = (char)p[8 + i];
				return;
			}
			p += 8 + ((size + 3) & ~3u);
		} else if (token != FDT_NOP) {
			return;
		}
	}
}

const char *bootargs(void)
{
	return line;
}

/*
 * The rest of the command line behind the word `name`: it begins with "=" or a space, or is
 * empty. NULL: there is no such word.
 */
static const char *find(const char *name)
{
	size_t n = strlen(name);

	for (const char *p = line; *p;) {
		size_t i = 0;

		while (i < n && p[i] == name[i])
			i++;
		if (i == n && (p[n] == '=' || p[n] == ' ' || !p[n]))
			return p + n;
		while (*p && *p != ' ')
			p++;
		while (*p == ' ')
			p++;
	}
	return NULL;
}

bool bootarg_given(const char *name)
{
	return find(name);
}

bool bootarg_text(const char *name, char *value, size_t size)
{
	const char *p = find(name);
	size_t n = 0;

	if (p && *p == '=') {
		for (p++; *p && *p != ' ' && n + 1 < size; p++)
			value[n++] = *p;
	}
	value[n] = 0;
	return n > 0;
}

/* The value of a hexadecimal digit; 16 if c is none. */
static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10u : 16;
}

uint64_t bootarg_number(const char *name, uint64_t otherwise)
{
	char text[24];
	const char *p = text;
	unsigned int base = 10;
	uint64_t value = 0;

	if (!bootarg_text(name, text, sizeof(text)))
		return otherwise;
	if (p[0] == '0' && (p[1] | 0x20) == 'x' && p[2]) {
		base = 16;
		p += 2;
	}
	for (; *p; p++) {
		if (digit(*p) >= base)
			return otherwise;
		value = value * base + digit(*p);
	}
	return value;
}
