/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted output, to the console and to memory. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/*
 * %c %s %d %u %x %p %%, with 0, a width, - for strings, and l or ll; anything
 * else is printed as it stands. A call's output is not mixed with that of
 * another PE, and interrupts are masked for as long: handlers may print.
 */
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprintf(const char *format, va_list args);

/* At most size - 1 characters and a NUL; returns how many it would have been. */
size_t snprintf(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
size_t vsnprintf(char *to, size_t size, const char *format, va_list args);

/*
 * From now on printf() waits for nobody: for the end of a partition, whose
 * other PEs, or this one itself, may hold the console for ever.
 */
void printf_unlock(void);
