// SPDX-License-Identifier: BSD-2-Clause
/*
 * Crashes in the way that the command line names; the test harness checks what the library
 * reports. Without a name it lists the ways.
 */

#include "bootargs.h"
#include "exc.h"
#include "printf.h"
#include "smp.h"
#include "string.h"

static uint32_t code[2] = { 0x52800540, 0xd65f03c0 }; /* mov w0, #42; ret */

/* Volatile, so that the compiler does not know the address that is accessed. */
static volatile uintptr_t target;

static void null(void)
{
	target = 8;
	*(volatile uint32_t *)target = 1;
}

static void text(void)
{
	target = (uintptr_t)PartitionMain;
	*(volatile uint32_t *)target = 0;
}

static void data(void)
{
	target = (uintptr_t)code;
	((void (*)(void))target)();
}

static unsigned int deeper(unsigned int depth)
{
	volatile char local[200];

	local[0] = (char)depth;
	return (target ? deeper(depth + 1) : 0) + local[0];
}

static void overflow(void)
{
	target = 1;
	deeper(0);
}

static void overflow_secondary(void *arg)
{
	(void)arg;
	overflow();
}

static void overflow_on_1(void)
{
	smp_start(1, overflow_secondary, NULL);
	for (;;)
		relax();
}

/* Crashes within printf(), which holds the console's lock. */
static void print(void)
{
	target = 16;
	printf("%s", (const char *)target);
}

static void undefined(void)
{
	asm volatile("udf #0");
}

static void give_up(void)
{
	panic("%s gave up after %d", "somebody", 3);
}

static const struct {
	const char *name;
	void (*crash)(void);
} ways[] = {
	{ "null", null },
	{ "text", text },
	{ "data", data },
	{ "overflow", overflow },
	{ "overflow-on-1", overflow_on_1 },
	{ "print", print },
	{ "undefined", undefined },
	{ "panic", give_up },
};

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (strcmp(bootargs(), ways[i].name) == 0) {
			ways[i].crash();
			printf("not ok %s: went on\n", ways[i].name);
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		printf("%s\n", ways[i].name);
}
