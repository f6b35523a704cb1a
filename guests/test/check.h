/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a test guest reports: one line `ok NAME` or `not ok NAME: ...` for each check, and at
 * the end `tests: P passed, F failed`. A guest that does not print this last line has failed,
 * whatever it printed before.
 */
#pragma once

#include "arch.h"

/*
 * Counts and prints one check; true if it passed. `name` has words joined by hyphens and is
 * unique in its guest.
 */
bool check(const char *name, uint64_t expected, uint64_t got);
bool check_true(const char *name, bool got);
bool check_at_least(const char *name, uint64_t least, uint64_t got);
bool check_at_most(const char *name, uint64_t most, uint64_t got);
/* `low` <= got <= `high`. */
bool check_between(const char *name, uint64_t low, uint64_t high, uint64_t got);

/* Reports a check that is not possible on this machine, and why: neither passed nor failed. */
void check_skip(const char *name, const char *why);

/* Prints the last line and powers off. */
NORETURN void check_finish(void);
