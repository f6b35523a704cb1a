// SPDX-License-Identifier: BSD-2-Clause
/*
 * Measures this partition's windows from inside, by reading the counter all the time: a gap
 * is the time between two windows. It needs exactly one window in each frame. The start of a
 * window is given relative to its frame, counted from the earliest start of all.
 *
 * Command line: windows=N (default 1000, at most 10000). limit=NS: exit code 1 if a window
 * started later than that or was missed; without it the exit code is 0.
 */

#include "bootargs.h"
#include "exc.h"
#include "para.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"

#define MAX 10000

static uint64_t starts[MAX], lengths[MAX];

/* Shell sort, which needs neither recursion nor memory. */
static void sort(uint64_t *values, size_t count)
{
	for (size_t gap = count / 2; gap; gap /= 2) {
		for (size_t i = gap; i < count; i++) {
			uint64_t value = values[i];
			size_t j = i;

			for (; j >= gap && values[j - gap] > value; j -= gap)
				values[j] = values[j - gap];
			values[j] = value;
		}
	}
}

static void report(const char *what, uint64_t *ticks, size_t count)
{
	static const struct {
		const char *name;
		unsigned int permille;
	} points[] = {
		{ "min", 0 },	{ "median", 500 }, { "90%", 900 },
		{ "99%", 990 }, { "99.9%", 999 },  { "max", 1000 },
	};

	sort(ticks, count);
	printf("window %s ns:", what);
	for (size_t i = 0; i < ARRAY_SIZE(points); i++)
		printf(" %s %lu", points[i].name,
		       timer_nanoseconds(ticks[(count - 1) * points[i].permille / 1000]));
	printf("\n");
}

/* Fills `starts` and `lengths` with the next `count` windows, in ticks. */
static void watch(size_t count, uint64_t gap)
{
	uint64_t before = timer_now(), now;

	/* Wait for the next window, as the present one began before this loop. */
	do {
		now = before;
		before = timer_now();
	} while (before - now < gap);
	for (size_t i = 0; i < count; i++) {
		starts[i] = before;
		for (;;) {
			now = timer_now();
			if (now - before >= gap)
				break;
			before = now;
		}
		lengths[i] = before - starts[i];
		before = now;
	}
}

/*
 * Replaces each start by its offset in its frame, counted from the earliest one. Returns how
 * many frames had no window.
 */
static uint64_t lateness(size_t count, uint64_t frame)
{
	uint64_t first = starts[0], missed, earliest = 0;

	missed = (starts[count - 1] - first + frame / 2) / frame - (count - 1);
	for (size_t i = 0; i < count; i++) {
		/* Half a frame is added, as a window may be earlier in its frame than the first. */
		starts[i] = (starts[i] - first + frame / 2) % frame;
		earliest = i && earliest < starts[i] ? earliest : starts[i];
	}
	for (size_t i = 0; i < count; i++)
		starts[i] -= earliest;
	return missed;
}

void PartitionMain(uintptr_t device_tree)
{
	uint64_t count = bootarg_number("windows", 1000), limit = bootarg_number("limit", 0);
	struct hvk_window window;
	struct hvk_para_info info;
	uint64_t frame, missed;

	(void)device_tree;
	if (hvk_info(&info) < 0 || info.nr_windows != 1 || hvk_window(&window) < 0)
		panic("this needs one window in a frame");
	if (!count || count > MAX)
		panic("windows= is 1 to %u", MAX);
	frame = timer_ticks(info.frame_ns / 1000);
	watch(count, timer_ticks((info.frame_ns - (window.end - window.start)) / 2000));
	missed = lateness(count, frame);
	hvk_window(&window);
	printf("windows %lu, missed %lu, overruns %lu\n", count, missed, window.overruns);
	report("start", starts, count);
	report("length", lengths, count);
	hvk_halt(limit && (missed || timer_nanoseconds(starts[count - 1]) > limit));
}
