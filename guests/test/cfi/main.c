// SPDX-License-Identifier: BSD-2-Clause
/*
 * Firmware that counts its starts in the second bank of flash, which has the Intel command
 * set as on QEMU's `virt` machine, and checks the bank. It prints the count, `count: 1` on an
 * erased bank.
 */

#include "arch.h"
#include "board.h"

#define UART  ((volatile unsigned int *)BOARD_PL011)
#define VARS  0x04000000ul
#define BLOCK 0x40000ul
#define LAST  (VARS + 255 * BLOCK)

#define BOTH(v)	     ((uint32_t)(v) | (uint32_t)(v) << 16)
#define READY	     BOTH(0x80)

void main(void);

static void print(const char *s)
{
	while (*s)
		*UART = (unsigned char)*s++;
}

static void print_number(unsigned int value)
{
	char digits[11] = {};
	char *at = digits + 10;

	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	print(at);
}

static unsigned int check(const char *name, uint32_t expected, uint32_t got)
{
	print(expected == got ? "ok " : "not ok ");
	print(name);
	if (expected != got) {
		print(": expected ");
		print_number(expected);
		print(" got ");
		print_number(got);
	}
	print("\n");
	return expected != got;
}

static void command(uintptr_t at, uint32_t code)
{
	mmio_write32(at, BOTH(code));
}

/* Returns the status and puts the bank back into read-array mode. */
static uint32_t finish(uintptr_t at)
{
	uint32_t status = mmio_read32(at);

	command(at, 0x50);
	command(at, 0xff);
	return status;
}

static uint32_t program(uintptr_t at, uint32_t value)
{
	command(at, 0x40);
	mmio_write32(at, value);
	return finish(at);
}

static uint32_t erase(uintptr_t at)
{
	command(at, 0x20);
	command(at, 0xd0);
	return finish(at);
}

static uint32_t program_buffer(uintptr_t at, unsigned int words)
{
	command(at, 0xe8);
	command(at, words - 1);
	for (unsigned int i = 0; i < words; i++)
		mmio_write32(at + 4 * i, i);
	command(at, 0xd0);
	return finish(at);
}

/* A load pair, whose syndrome would not describe it: the bank in read-array mode is memory. */
static uint64_t pair(uintptr_t at)
{
	uint64_t a, b;

	asm volatile("ldp %0, %1, [%2]" : "=r"(a), "=r"(b) : "r"(at) : "memory");
	return a ^ b;
}

void main(void)
{
	unsigned int failed = 0, count = 0;

	while (count < BLOCK / 4 && mmio_read32(VARS + 4 * count) != ~0u)
		count++;
	print("count: ");
	print_number(count + 1);
	print("\n");
	failed += check("programs", READY, program(VARS + 4 * count, count));
	failed += check("programmed", count, mmio_read32(VARS + 4 * count));
	failed += check("next-is-erased", ~0u, mmio_read32(VARS + 4 * count + 4));

	failed += check("erases", READY, erase(LAST));
	failed += check("programs-a-buffer", READY, program_buffer(LAST, 64));
	failed += check("buffer-end", 63, mmio_read32(LAST + 252));
	failed += check("pair", 2, (uint32_t)pair(LAST));
	failed += check("erases-again", READY, erase(LAST));
	failed += check("erased", ~0u, mmio_read32(LAST + 252));
	failed += check("left-alone", count, mmio_read32(VARS + 4 * count));

	command(VARS, 0x98);
	failed += check("query-q", BOTH('Q'), mmio_read32(VARS + 0x40));
	failed += check("query-r", BOTH('R'), mmio_read32(VARS + 0x44));
	failed += check("query-y", BOTH('Y'), mmio_read32(VARS + 0x48));
	command(VARS, 0xff);

	print(failed ? "tests: 0 passed, 1 failed\n" : "tests: 13 passed, 0 failed\n");
}
