/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted output, to the console and to memory. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/*
 * %c %s %d %u %x %p %%, with -, 0, a width, and l or ll; other conversions are printed
 * unchanged. A lock keeps the output of a call together; interrupts are masked while it is
 * held, so that interrupt handlers may print too.
 */
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprintf(const char *format, va_list args);

/* Writes at most size - 1 characters and a NUL; returns how many there are without the limit. */
size_t snprintf(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
size_t vsnprintf(char *to, size_t size, const char *format, va_list args);

/*
 * From now on printf() takes no lock. For a partition that crashes: another PE, or the code
 * of this PE that crashed, may hold the lock for ever.
 */
void printf_unlock(void);
