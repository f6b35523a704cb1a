// SPDX-License-Identifier: GPL-2.0-only
/*
 * ahead.c's tests of those who must hear of each page that is touched, and of none beside:
 * a userfaultfd; and of those who pay for pages: a memory cgroup.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ahead.h"

#define LIMITED	40u	/* pages; what a cgroup of 1 MiB has room for beside all else */

/* --- a userfaultfd ------------------------------------------------------------------ */

static int uffd;
static unsigned int asked[PAGES];

static void open_uffd(struct uffdio_api *api)
{
	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, api))
		die("userfaultfd");
}

/* Answers each fault with a page of zeroes. */
static void *answer(void *unused)
{
	struct uffd_msg message;

	(void)unused;
	while (read(uffd, &message, sizeof(message)) == sizeof(message)) {
		struct uffdio_zeropage page = {
			.range.start = message.arg.pagefault.address & -PAGE,
			.range.len = PAGE,
		};

		asked[(page.range.start - (uintptr_t)mem) / PAGE]++;
		if (ioctl(uffd, UFFDIO_ZEROPAGE, &page))
			die("UFFDIO_ZEROPAGE");
	}
	return NULL;
}

/* A VMM that fetches each page when it is touched hears of these and of no other. */
bool fetched(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)mem,
		.range.len = SIZE,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	pthread_t thread;

	open_uffd(&api);
	if (ioctl(uffd, UFFDIO_REGISTER, &range))
		die("UFFDIO_REGISTER");
	if (pthread_create(&thread, NULL, answer, NULL))
		die("pthread_create");
	slot(mem, 0, PAGES);
	SHOULD(only_touched(mem, 100));
	for (unsigned int page = 0; page < PAGES; page++)
		CHECK(!asked[page] == (page >= 100));
	pthread_cancel(thread);
	pthread_join(thread, NULL);
	close(uffd);
	return true;
}

/*
 * A VMM that write-protects memory to see what changes: the host would not ask it about a
 * page that is made ahead, so that it must not be made.
 */
bool write_protected(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)mem,
		.range.len = SIZE,
		.mode = UFFDIO_REGISTER_MODE_WP,
	};

	open_uffd(&api);
	/* Before Linux 6.10 arm64 had it not. */
	if (api.features & UFFD_FEATURE_PAGEFAULT_FLAG_WP) {
		if (ioctl(uffd, UFFDIO_REGISTER, &range))
			die("UFFDIO_REGISTER");
		slot(mem, 0, PAGES);
		SHOULD(only_touched(mem, 64));
	}
	close(uffd);
	return true;
}

/* --- a limit of memory -------------------------------------------------------------- */

static void put(const char *folder, const char *name, const char *text)
{
	char path[100];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die(path);
	close(fd);
}

/* A limit of a process's memory cgroup, or of the one that that is in. */
struct limit {
	const char *file, *text;
	bool above;
	bool ample;	/* it keeps nobody from making pages ahead */
};

/* Touches pages one after the other: something comes ahead. */
static bool more_than_touched(void)
{
	bool ahead = false;

	for (unsigned int page = 0; page < LIMITED; page++) {
		SHOULD(store(page));
		ahead = ahead || present(mem, PAGES) > page + 1;
	}
	CHECK(ahead == on_hvk());
	return true;
}

/* A process that enters the inner cgroup: an exit status. */
static int in_limited(const char *outer, const char *inner, const struct limit *limit)
{
	put(inner, "cgroup.procs", "0");
	vm_open(&vm, system_fd);
	vm_caches_on(&vm);
	slot(mem, 0, PAGES);
	put(limit->above ? outer : inner, limit->file, limit->text);
	return (limit->ample ? more_than_touched() : only_touched(mem, LIMITED)) ? 0 : 1;
}

static bool run_limited(const struct limit *limit)
{
	char root[] = "/tmp/cgroup-XXXXXX";
	char outer[sizeof(root) + 8], inner[sizeof(outer) + 8];
	int status;
	pid_t pid;

	if (!mkdtemp(root) || mount("cgroup2", root, "cgroup2", 0, NULL))
		die("a cgroup2 file system");
	snprintf(outer, sizeof(outer), "%s/outer", root);
	snprintf(inner, sizeof(inner), "%s/inner", outer);
	put(root, "cgroup.subtree_control", "+memory");
	if (mkdir(outer, 0755))
		die(outer);
	put(outer, "cgroup.subtree_control", "+memory");
	if (mkdir(inner, 0755))
		die(inner);
	pid = fork();
	if (!pid)
		_exit(in_limited(outer, inner, limit));
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	rmdir(inner);
	rmdir(outer);
	umount(root);
	rmdir(root);
	if (status)
		return fail("the limited process ended with status 0x%x", status);
	return true;
}

/* Where memory is short nothing is made ahead: who goes beyond the limit is killed. */
bool limited(void)
{
	return run_limited(&(struct limit){ .file = "memory.max", .text = "1M" });
}

bool limited_above(void)
{
	return run_limited(&(struct limit){ .file = "memory.max", .text = "1M", .above = true });
}

/* Nor where the host slows down who goes beyond it. */
bool throttled(void)
{
	return run_limited(&(struct limit){ .file = "memory.high", .text = "1M" });
}

bool hardly_limited(void)
{
	return run_limited(&(struct limit){ .file = "memory.max", .text = "64M", .ample = true });
}
