// SPDX-License-Identifier: BSD-2-Clause
/*
 * A program that is not linked at the base of RAM finds its device tree there, as on QEMU's
 * `virt` machine, and another copy at the address in x0. Both must be identical.
 */

#include "board.h"
#include "arch.h"

#define UART	  ((volatile unsigned int *)BOARD_PL011)
#define TREE_MAGIC 0xedfe0dd0u /* as a little-endian load sees it */

void main(const uint32_t *tree);

static void print(const char *s)
{
	while (*s)
		*UART = (unsigned char)*s++;
}

static bool same(const uint32_t *a, const uint32_t *b)
{
	uint32_t words = __builtin_bswap32(a[1]) / 4;

	for (uint32_t i = 0; i < words; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static unsigned int check(const char *name, bool right)
{
	print(right ? "ok " : "not ok ");
	print(name);
	print(right ? "\n" : ": expected 1 got 0\n");
	return right;
}

void main(const uint32_t *tree)
{
	const uint32_t *base = (const uint32_t *)BOARD_RAM;
	unsigned int passed;

	passed = check("tree-at-base", base[0] == TREE_MAGIC);
	passed += check("tree-by-x0", tree != base && tree[0] == TREE_MAGIC);
	passed += check("same-tree", passed == 2 && same(base, tree));
	print(passed == 3 ? "tests: 3 passed, 0 failed\n" : "tests: 0 passed, 3 failed\n");
}
