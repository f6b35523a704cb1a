/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the test programs here have in common: a table of tests, the reason of a
 * failure, the command line `PROGRAM DEVICE [NAME...]`.
 */
#ifndef HVK_TESTS_API_SUITE_H
#define HVK_TESTS_API_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "vm.h"

/* /dev/kvm or /dev/hvk, open while tests run. */
extern int system_fd;

/*
 * Whether the device does not have a capability, and need not: the host's KVM is
 * older than it, or another machine's. hvk is never excused.
 */
bool lacks(unsigned int cap);
/* Where hvk has a limit that KVM has not. */
bool on_hvk(void);

struct test {
	const char *name;
	bool (*run)(void);
};

/* Notes why, unless a reason was noted already; returns false. */
__attribute__((format(printf, 1, 2)))
bool fail(const char *format, ...);

/* r is as expected, or fails, naming the line. */
bool expect(int line, struct result r, enum how how, uint64_t value);

/* ioctl(), as 0 or an errno. */
int try(int fd, unsigned long request, const void *arg);

/* In tests that return bool: a condition, a part that has told, a step's end, an errno or 0. */
#define CHECK(what)							\
	do {								\
		if (!(what))						\
			return fail("line %d: " #what, __LINE__);	\
	} while (0)
#define SHOULD(step)	do { if (!(step)) return false; } while (0)
#define EXPECT(r, how, value)						\
	do {								\
		if (!expect(__LINE__, r, how, value))			\
			return false;					\
	} while (0)
#define ERRNO(call, expected)						\
	do {								\
		int e_ = (call);					\
									\
		if (e_ != (expected))					\
			return fail("line %d: " #call ": %s instead of %s", \
				    __LINE__, strerror(e_),		\
				    strerror(expected));		\
	} while (0)

/*
 * main() of such a program, with what is done around each test, or NULL: "ok
 * NAME" or "not ok NAME REASON" for each test, or for those that argv names. The
 * exit status.
 */
int suite_main(int argc, char **argv, const struct test *tests, size_t nr,
	       void (*before)(void), void (*after)(void));

#endif /* HVK_TESTS_API_SUITE_H */
