// SPDX-License-Identifier: BSD-2-Clause
/*
 * Tests of the library itself: printf()'s formats, one-shot and periodic timers, and a ring
 * between two PEs in cached and in non-cached memory.
 */

#include "check.h"
#include "partition.h"

#define TIME_LIMIT 20000 /* ms */

extern char image_end[];

struct format {
	const char *name;
	const char *wanted;
	char got[40];
};

static void formats(void)
{
	struct format f[] = {
		{ "format-plain", "a%b", "" },	     { "format-number", "-7 7 ff", "" },
		{ "format-long", "18446744073709551615", "" },
		{ "format-least", "-9223372036854775808", "" },
		{ "format-width", "[   42][00042][ab  ]", "" },
		{ "format-null", "(null)", "" },
	};
	/* Volatile, so that the compiler does not warn of %s with NULL. */
	const char *volatile nobody = NULL;
	char small[4];
	size_t n = 0;

	snprintf(f[n++].got, sizeof(f->got), "%c%%%s", 'a', "b");
	snprintf(f[n++].got, sizeof(f->got), "%d %u %x", -7, 7u, 255u);
	snprintf(f[n++].got, sizeof(f->got), "%lu", ~0ul);
	snprintf(f[n++].got, sizeof(f->got), "%ld", (long)(1ul << 63));
	snprintf(f[n++].got, sizeof(f->got), "[%5u][%05u][%-4s]", 42u, 42u, "ab");
	snprintf(f[n++].got, sizeof(f->got), "%s", nobody);
	for (size_t i = 0; i < n; i++)
		check_true(f[i].name, strcmp(f[i].wanted, f[i].got) == 0);
	check("format-told-size", 6, snprintf(small, sizeof(small), "%s", "abcdef"));
	check_true("format-cut", strcmp(small, "abc") == 0);
}

static volatile uint32_t ticks;
static volatile uint64_t first_tick, last_tick;

static void on_tick(void *arg)
{
	last_tick = timer_now();
	if (!ticks)
		first_tick = last_tick;
	ticks++;
	if (arg && ticks == *(const uint32_t *)arg)
		timer_stop();
}

static void timers(void)
{
	static const uint32_t wanted = 20;
	uint64_t start = timer_now();

	irq_enable();
	timer_once(1000, on_tick, NULL);
	check_true("timer-once", timer_wait_for(&ticks, 1, TIME_LIMIT));
	check_at_least("timer-once-not-early", timer_ticks(1000), first_tick - start);
	check_true("timer-only-once", !timer_wait_for(&ticks, 2, 20));
	ticks = 0;
	start = timer_now();
	timer_every(1000, on_tick, (void *)&wanted);
	check_true("timer-every", timer_wait_for(&ticks, wanted, TIME_LIMIT));
	check_at_least("timer-every-not-early", timer_ticks(wanted * 1000), last_tick - start);
	check_true("timer-stopped", !timer_wait_for(&ticks, wanted + 1, 20));
	irq_disable();
}

#define MESSAGES  20000u
#define RING_SIZE_BYTES 4096

/* Sends numbers, each with its complement, through the ring `arg`. */
static void send(void *arg)
{
	struct ring *ring = arg;

	for (uint32_t n = 0; n < MESSAGES;) {
		uint32_t message[2] = { n, ~n };

		if (ring_put(ring, message, sizeof(message)) == RING_OK)
			n++;
		else
			relax();
	}
}

static unsigned int receive(struct ring *ring)
{
	uint64_t end = timer_now() + timer_ticks(TIME_LIMIT * 1000ul);
	unsigned int right = 0;

	for (uint32_t n = 0; n < MESSAGES && timer_now() < end;) {
		uint32_t message[2];
		int size = ring_get(ring, message, sizeof(message));

		if (size == RING_EMPTY) {
			relax();
			continue;
		}
		right += size == sizeof(message) && message[0] == n && message[1] == ~n;
		n++;
	}
	return right;
}

static void ring_in(const char *name, void *memory)
{
	static struct ring producer, consumer;

	ring_open(&producer, RING_PRODUCER, memory, RING_SIZE_BYTES, 8);
	ring_open(&consumer, RING_CONSUMER, memory, RING_SIZE_BYTES, 8);
	smp_start(1, send, &producer);
	check(name, MESSAGES, receive(&consumer));
	smp_wait_off(1, TIME_LIMIT);
}

static void rings(void)
{
	if (smp_count() < 2) {
		check_skip("ring-cached", "one PE");
		return;
	}
	ring_in("ring-cached", image_end);
	/* Another page, never accessed through the cache, which is 0. */
	mmu_map(MMU_WINDOW, (uintptr_t)image_end + PAGE_SIZE, MMU_UNCACHED, MMU_NO_EXEC);
	ring_in("ring-not-cached", (void *)MMU_WINDOW);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	formats();
	timers();
	rings();
	check_finish();
}
