// SPDX-License-Identifier: BSD-2-Clause
/* Counts and prints the results of test guests. Not for interrupt handlers. */

#include "check.h"

#include "printf.h"
#include "psci.h"

static unsigned int passed, failed;

static bool report(const char *name, bool ok, const char *relation, uint64_t wanted, uint64_t got)
{
	if (ok) {
		passed++;
		printf("ok %s\n", name);
	} else {
		failed++;
		printf("not ok %s: expected %s0x%lx got 0x%lx\n", name, relation, wanted, got);
	}
	return ok;
}

bool check(const char *name, uint64_t expected, uint64_t got)
{
	return report(name, expected == got, "", expected, got);
}

bool check_true(const char *name, bool got)
{
	return report(name, got, "", 1, got);
}

bool check_at_least(const char *name, uint64_t least, uint64_t got)
{
	return report(name, got >= least, "at least ", least, got);
}

bool check_at_most(const char *name, uint64_t most, uint64_t got)
{
	return report(name, got <= most, "at most ", most, got);
}

bool check_between(const char *name, uint64_t low, uint64_t high, uint64_t got)
{
	if (got < low)
		return report(name, false, "at least ", low, got);
	return report(name, got <= high, "at most ", high, got);
}

void check_skip(const char *name, const char *why)
{
	printf("skip %s: %s\n", name, why);
}

void check_finish(void)
{
	printf("tests: %u passed, %u failed\n", passed, failed);
	psci_system_off();
}
