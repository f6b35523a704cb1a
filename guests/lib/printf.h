/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted output to the console. */
#pragma once

#include <stdarg.h>

/*
 * %c %s %d %u %x %p %%, with 0, a width, - for strings, and l or ll; anything
 * else is printed as it stands. A call's output is not mixed with that of
 * another PE. Not for use in interrupt handlers.
 */
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprintf(const char *format, va_list args);
