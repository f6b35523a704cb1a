/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a test guest reports: a line `ok NAME` or `not ok NAME: ...` a check,
 * and at the end `tests: P passed, F failed`. What prints no such last line
 * has failed, whatever came before it.
 */
#pragma once

#include "arch.h"

/* One check; `name` has words joined by hyphens and is unique in its guest. */
bool check(const char *name, uint64_t expected, uint64_t got);
bool check_true(const char *name, bool got);
bool check_at_least(const char *name, uint64_t least, uint64_t got);
bool check_at_most(const char *name, uint64_t most, uint64_t got);
/* `low` <= got <= `high`. */
bool check_between(const char *name, uint64_t low, uint64_t high, uint64_t got);

/* A check that this machine cannot make, and why: neither passed nor failed. */
void check_skip(const char *name, const char *why);

/* Prints the last line and powers off. */
NORETURN void check_finish(void);
