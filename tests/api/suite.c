// SPDX-License-Identifier: GPL-2.0-only
/* The table of tests: which are wanted, how each ended. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "suite.h"

int system_fd;
static const char *device;

static char reason[256];

bool fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!reason[0])
		vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return false;
}

bool expect(int line, struct result r, enum how how, uint64_t value)
{
	if (r.how == how && r.value == value)
		return true;
	return fail("line %d: %s 0x%llx at 0x%llx instead of %s 0x%llx", line,
		    how_names[r.how], (unsigned long long)r.value,
		    (unsigned long long)r.ipa, how_names[how],
		    (unsigned long long)value);
}

int try(int fd, unsigned long request, const void *arg)
{
	return ioctl(fd, request, arg) < 0 ? errno : 0;
}

bool on_hvk(void)
{
	return !strcmp(device, "/dev/hvk");
}

bool lacks(unsigned int cap)
{
	return !on_hvk() &&
	       ioctl(system_fd, KVM_CHECK_EXTENSION, cap) <= 0;
}

static bool wanted(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

int suite_main(int argc, char **argv, const struct test *tests, size_t nr,
	       void (*before)(void), void (*after)(void))
{
	bool all = true;

	if (argc < 2) {
		fprintf(stderr, "usage: %s DEVICE [NAME...]\n", argv[0]);
		return 2;
	}
	device = argv[1];
	system_fd = open(device, O_RDWR | O_CLOEXEC);
	if (system_fd < 0)
		die(device);
	for (size_t i = 0; i < nr; i++) {
		bool ok;

		if (!wanted(tests[i].name, argv + 2))
			continue;
		reason[0] = 0;
		if (before)
			before();
		ok = tests[i].run();
		if (after)
			after();
		printf("%s %s%s%s\n", ok ? "ok" : "not ok", tests[i].name,
		       ok ? "" : " ", reason);
		fflush(stdout);
		all = all && ok;
	}
	return all ? 0 : 1;
}
