// SPDX-License-Identifier: BSD-2-Clause
/*
 * A small printf, without floating point. Characters go to a sink: a buffer that is either
 * the caller's own, or is written to the console whenever it is full.
 */

#include "printf.h"

#include "arch.h"
#include "console.h"
#include "lock.h"
#include "string.h"

static struct lock console;
static volatile bool unlocked;	/* printf_unlock() was called */

struct sink {
	char *buffer;
	size_t size;
	size_t used;
	size_t total; /* characters so far, with those that did not fit */
	bool to_console; /* false: characters that do not fit are dropped */
};

/* Flags, width and number of l of a conversion. */
struct spec {
	bool left;
	bool zero;
	unsigned int width;
	unsigned int longs;
};

static void flush(struct sink *sink)
{
	console_write(sink->buffer, sink->used);
	sink->used = 0;
}

static void put_raw(struct sink *sink, char c)
{
	sink->total++;
	if (sink->used == sink->size) {
		if (!sink->to_console)
			return;
		flush(sink);
	}
	sink->buffer[sink->used++] = c;
}

static void put(struct sink *sink, char c)
{
	if (c == '\n' && sink->to_console)
		put_raw(sink, '\r');
	put_raw(sink, c);
}

static void fill(struct sink *sink, char c, size_t used, size_t width)
{
	for (; used < width; used++)
		put(sink, c);
}

static void put_string(struct sink *sink, const char *s, const struct spec *spec)
{
	size_t length = strlen(s);

	if (!spec->left)
		fill(sink, ' ', length, spec->width);
	for (size_t i = 0; i < length; i++)
		put(sink, s[i]);
	if (spec->left)
		fill(sink, ' ', length, spec->width);
}

static void put_number(struct sink *sink, uint64_t value, unsigned int base, bool negative,
		       const struct spec *spec)
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
		fill(sink, ' ', used, spec->width);
	if (negative)
		put(sink, '-');
	if (!spec->left && spec->zero)
		fill(sink, '0', used, spec->width);
	while (count)
		put(sink, digits[--count]);
	if (spec->left)
		fill(sink, ' ', used, spec->width);
}

/* In a structure: a va_list that is an array could not be passed on by address. */
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

static void convert(struct sink *sink, char c, const struct spec *spec,
		    struct arguments *args)
{
	int64_t number;
	const char *s;

	switch (c) {
	case 'c':
		put(sink, (char)va_arg(args->list, int));
		break;
	case 's':
		s = va_arg(args->list, const char *);
		put_string(sink, s ? s : "(null)", spec);
		break;
	case 'd':
		number = take_signed(args, spec);
		put_number(sink, number < 0 ? -(uint64_t)number : (uint64_t)number, 10, number < 0,
			   spec);
		break;
	case 'u':
		put_number(sink, take_unsigned(args, spec), 10, false, spec);
		break;
	case 'x':
		put_number(sink, take_unsigned(args, spec), 16, false, spec);
		break;
	case 'p':
		put_number(sink, (uintptr_t)va_arg(args->list, void *), 16, false, spec);
		break;
	case '%':
		put(sink, '%');
		break;
	default:
		put(sink, '%');
		put(sink, c);
		break;
	}
}

static void format_to(struct sink *sink, const char *format, va_list list)
{
	struct arguments args;

	va_copy(args.list, list);
	while (*format) {
		struct spec spec = { 0 };

		if (*format != '%') {
			put(sink, *format++);
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
		convert(sink, *format++, &spec, &args);
	}
	va_end(args.list);
}

void vprintf(const char *format, va_list list)
{
	char buffer[128];
	struct sink sink = { .buffer = buffer, .size = sizeof(buffer), .to_console = true };
	uint64_t daif = irq_save();
	bool locked = !unlocked;

	if (locked)
		lock_acquire(&console);
	format_to(&sink, format, list);
	flush(&sink);
	if (locked)
		lock_release(&console);
	irq_restore(daif);
}

void printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

size_t vsnprintf(char *to, size_t size, const char *format, va_list list)
{
	struct sink sink = { .buffer = to, .size = size ? size - 1 : 0 };

	format_to(&sink, format, list);
	if (size)
		to[sink.used] = 0;
	return sink.total;
}

size_t snprintf(char *to, size_t size, const char *format, ...)
{
	va_list args;
	size_t total;

	va_start(args, format);
	total = vsnprintf(to, size, format, args);
	va_end(args);
	return total;
}

void printf_unlock(void)
{
	unlocked = true;
}
