// SPDX-License-Identifier: BSD-2-Clause
/* A small printf, without floating point and without a buffer. */

#include "printf.h"

#include "arch.h"
#include "lock.h"
#include "uart.h"

static struct lock console;

struct spec {
	bool left;
	bool zero;
	unsigned int width;
	unsigned int longs;
};

static void put(char c)
{
	if (c == '\n')
		uart_put('\r');
	uart_put(c);
}

static void fill(char c, unsigned int used, unsigned int width)
{
	for (; used < width; used++)
		put(c);
}

static void put_string(const char *s, const struct spec *spec)
{
	unsigned int length = 0;

	while (s[length])
		length++;
	if (!spec->left)
		fill(' ', length, spec->width);
	for (unsigned int i = 0; i < length; i++)
		put(s[i]);
	if (spec->left)
		fill(' ', length, spec->width);
}

static void put_number(uint64_t value, unsigned int base, bool negative, const struct spec *spec)
{
	char digits[20];
	unsigned int count = 0;
	unsigned int used;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);

	used = count + negative;
	if (!spec->left && !spec->zero)
		fill(' ', used, spec->width);
	if (negative)
		put('-');
	if (!spec->left && spec->zero)
		fill('0', used, spec->width);
	while (count)
		put(digits[--count]);
	if (spec->left)
		fill(' ', used, spec->width);
}

/* The argument pointer cannot be passed on by address where va_list is an array. */
struct arguments {
	va_list list;
};

static uint64_t take_unsigned(struct arguments *args, const struct spec *spec)
{
	return spec->longs ? va_arg(args->list, uint64_t) : va_arg(args->list, unsigned int);
}

static int64_t take_signed(struct arguments *args, const struct spec *spec)
{
	return spec->longs ? va_arg(args->list, int64_t) : va_arg(args->list, int);
}

static void convert(char c, const struct spec *spec, struct arguments *args)
{
	int64_t number;
	const char *s;

	switch (c) {
	case 'c':
		put((char)va_arg(args->list, int));
		break;
	case 's':
		s = va_arg(args->list, const char *);
		put_string(s ? s : "(null)", spec);
		break;
	case 'd':
		number = take_signed(args, spec);
		put_number(number < 0 ? -(uint64_t)number : (uint64_t)number, 10, number < 0, spec);
		break;
	case 'u':
		put_number(take_unsigned(args, spec), 10, false, spec);
		break;
	case 'x':
		put_number(take_unsigned(args, spec), 16, false, spec);
		break;
	case 'p':
		put_number((uintptr_t)va_arg(args->list, void *), 16, false, spec);
		break;
	case '%':
		put('%');
		break;
	default:
		put('%');
		put(c);
		break;
	}
}

void vprintf(const char *format, va_list list)
{
	struct arguments args;

	va_copy(args.list, list);
	lock_acquire(&console);
	while (*format) {
		struct spec spec = { 0 };

		if (*format != '%') {
			put(*format++);
			continue;
		}
		format++;
		for (; *format == '-' || *format == '0'; format++) {
			if (*format == '-')
				spec.left = true;
			else
				spec.zero = true;
		}
		for (; *format >= '0' && *format <= '9'; format++)
			spec.width = spec.width * 10 + (unsigned int)(*format - '0');
		for (; *format == 'l'; format++)
			spec.longs++;
		if (!*format)
			break;
		convert(*format++, &spec, &args);
	}
	lock_release(&console);
	va_end(args.list);
}

void printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}
