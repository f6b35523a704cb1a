// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl_fuzz - hostile programs at /dev/hvk, one after the other, by a seed.
 *
 *   ioctl_fuzz DEVICE [--seed N] [--seconds N] [--group GID] [--race NAME]
 *
 * With --race each round is that race (fuzz_race_acts.c), else every second is one.
 * Each round (fuzz_round.c) is a process of its own, every second one as nobody in
 * group GID, and ends by itself or is killed. Meanwhile a VM of another process runs
 * on, and its memory stays right; so does that of this program. "ok NAME" or "not ok
 * NAME REASON" for each that is to be true at the end; whether the host is well and has
 * its memory back is for the caller to see.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz_race.h"
#include "vm.h"

#define CANARY_SIZE	(16ull << 20)
#define CONTROL_RAM	0x40000000ull
#define CONTROL_SIZE	(8ull << 20)
#define CONTROL_PAGES	256		/* the guest's own; the rest stays as it is */
#define GRACE_MS	20000		/* for a process that was killed */

/* Shared with all of them. */
struct shared {
	atomic_bool stop;
	atomic_ulong control_rounds;
	struct call_count counts[MAX_CALLS];
	struct race_count races[MAX_RACES];
};

static struct shared *shared;
static bool failed;

static void verdict(const char *name, const char *reason)
{
	printf("%s %s%s%s\n", reason ? "not ok" : "ok", name, reason ? " " : "",
	       reason ? reason : "");
	fflush(stdout);
	failed = failed || reason;
}

static uint64_t now_ms(void)
{
	return now_ns() / 1000000;
}

/* --- memory that nobody else has to touch ------------------------------------------- */

static uint64_t pattern(size_t i)
{
	return (i + 1) * 0x9e3779b97f4a7c15;
}

static uint64_t *fill(uint64_t *words, size_t size)
{
	for (size_t i = 0; i < size / 8; i++)
		words[i] = pattern(i);
	return words;
}

static bool intact(const uint64_t *words, size_t size)
{
	for (size_t i = 0; i < size / 8; i++)
		if (words[i] != pattern(i))
			return false;
	return true;
}

static uint64_t *memory(size_t size)
{
	void *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		die("mmap");
	return area;
}

/* --- the control VM --------------------------------------------------------------------- */

/* 0: its memory was right to the end. */
static int control(int system_fd)
{
	uint64_t *ram = memory(CONTROL_SIZE);
	size_t guest = CONTROL_PAGES * FUZZ_PAGE;
	struct vm vm;

	fill(ram + guest / 8, CONTROL_SIZE - guest);
	vm_open(&vm, system_fd);
	vm_slot(&vm, 1, 0, CONTROL_RAM, CONTROL_SIZE, ram);
	while (!atomic_load(&shared->stop)) {
		struct result r = vm_churn(&vm, CONTROL_RAM, CONTROL_PAGES, 20);

		if (r.how != DONE || r.value)
			return 2;
		r = vm_load(&vm, CONTROL_RAM + guest);
		if (r.how != DONE || r.value != pattern(0))
			return 3;
		atomic_fetch_add(&shared->control_rounds, 1);
	}
	return intact(ram + guest / 8, CONTROL_SIZE - guest) ? 0 : 4;
}

static const char *control_reason(int status)
{
	static const char *const reasons[] = {
		NULL, "its VMM failed", "its guest read what it had not written",
		"its guest read something else than its VMM wrote",
		"its memory changed under its VMM",
	};

	if (!WIFEXITED(status))
		return "its VMM crashed";
	return WEXITSTATUS(status) < 5 ? reasons[WEXITSTATUS(status)] : "its VMM failed";
}

/* --- rounds ---------------------------------------------------------------------------------- */

static bool ended(int pidfd, uint64_t ms)
{
	struct pollfd p = { pidfd, POLLIN, 0 };
	uint64_t end = now_ms() + ms;

	for (;;) {
		uint64_t now = now_ms();

		if (poll(&p, 1, now < end ? end - now : 0) > 0)
			return true;
		if (now >= end)
			return false;
	}
}

static void show_file(const char *folder, const char *task, const char *name)
{
	char path[128], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, task, name);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (strcmp(name, "status") || !strncmp(line, "State", 5))
			printf("# %s %s: %s", task, name, line);
	if (file)
		fclose(file);
}

/* Where each thread of a process is that should be gone, as far as the kernel tells. */
static void show_threads(pid_t pid)
{
	struct dirent *entry;
	char folder[64];
	DIR *tasks;

	snprintf(folder, sizeof(folder), "/proc/%d/task", pid);
	tasks = opendir(folder);
	while (tasks && (entry = readdir(tasks))) {
		if (entry->d_name[0] == '.')
			continue;
		show_file(folder, entry->d_name, "status");
		show_file(folder, entry->d_name, "stack");
	}
	if (tasks)
		closedir(tasks);
}

/* False: it cannot be ended. */
static bool play(const struct round *round, bool killed)
{
	pid_t pid = fork();
	int pidfd;

	if (pid < 0)
		die("fork");
	if (!pid)
		fuzz_round(round);
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		die("pidfd_open");
	/* By itself, or in the middle of it. */
	if (killed || !ended(pidfd, round->ms + GRACE_MS)) {
		ended(pidfd, round->ms / 2);
		kill(pid, SIGKILL);
	}
	killed = ended(pidfd, GRACE_MS);
	close(pidfd);
	if (killed)
		return waitpid(pid, NULL, 0) == pid;
	printf("# round of seed %llu, race %s\n", (unsigned long long)round->seed,
	       round->race ? round->race->name : "none");
	show_threads(pid);
	return false;
}

/* Friends and children of rounds, which end after them. False: not all did. */
static bool reap(void)
{
	uint64_t end = now_ms() + GRACE_MS;

	for (;;) {
		siginfo_t info = {};

		if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG) && errno == ECHILD)
			return true;
		if (info.si_pid)
			waitpid(info.si_pid, NULL, 0);
		else if (now_ms() > end)
			return false;
		else
			usleep(1000);
	}
}

/* A call that failed as often as this and never worked is called wrongly. */
#define ENOUGH	10000

static void report(bool root)
{
	static char reason[256];
	unsigned long worked = 0, all = 0;

	for (size_t i = 0; i < nr_calls; i++) {
		unsigned long w = shared->counts[i].worked, f = shared->counts[i].failed;

		printf("# %-30s %8lu worked %8lu failed\n", calls[i].name, w, f);
		worked += w;
		all += w + f;
		if (!w && f >= ENOUGH && !reason[0] &&
		    (calls[i].who == ALL || (root && calls[i].who == ROOT)))
			snprintf(reason, sizeof(reason), "%s never worked", calls[i].name);
	}
	printf("# %lu calls, %lu of them worked; the control VM went round %lu times\n", all,
	       worked, atomic_load(&shared->control_rounds));
	verdict("coverage", reason[0] ? reason : NULL);
}

/* A race that was run as often as this and had nobody on one side was none. */
#define ENOUGH_RACES	100

static void report_races(void)
{
	static char reason[256];

	for (size_t i = 0; i < nr_races; i++) {
		const struct race_count *c = &shared->races[i];
		unsigned long calls = c->worked + c->failed;

		printf("# race %-25s %8lu worked %8lu failed %8lu found %8lu exits\n", races[i].name,
		       c->worked, c->failed, c->found, c->exits);
		if (calls >= ENOUGH_RACES && (!c->found || !c->exits))
			snprintf(reason, sizeof(reason), "%s: nobody looked", races[i].name);
	}
	verdict("races", reason[0] ? reason : NULL);
}

static const struct race *race_named(const char *name)
{
	for (size_t i = 0; i < nr_races; i++)
		if (!strcmp(races[i].name, name))
			return &races[i];
	fprintf(stderr, "no such race: %s\n", name);
	exit(2);
}

/* The only one, or at times one of all. */
static void choose_race(struct rng *r, struct round *round, const struct race *only)
{
	const struct race *race = only ? only : &races[below(r, nr_races)];

	if ((only || one_in(r, 2)) && !(race->root && round->unprivileged)) {
		round->race = race;
		/* Some of what races takes long to be made. */
		round->ms *= 3;
		round->race_count = &shared->races[race - races];
	}
}

static const char *option(int argc, char **argv, const char *name)
{
	for (int i = 2; i + 1 < argc; i += 2)
		if (!strcmp(argv[i], name))
			return argv[i + 1];
	return NULL;
}

static uint64_t number(int argc, char **argv, const char *name, uint64_t otherwise)
{
	const char *text = option(argc, argv, name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

int main(int argc, char **argv)
{
	struct rlimit no_core = { 0, 0 };
	const struct race *only = NULL;
	struct rng r;
	uint64_t seed, end, before, *canary;
	unsigned int rounds = 0;
	int system_fd, status;
	pid_t pid;

	if (argc < 2 || argc % 2) {
		fprintf(stderr,
			"usage: %s DEVICE [--seed N] [--seconds N] [--group GID] [--race NAME]\n",
			argv[0]);
		return 2;
	}
	if (option(argc, argv, "--race"))
		only = race_named(option(argc, argv, "--race"));
	seed = number(argc, argv, "--seed", now_ms() * 1000003 + getpid());
	printf("seed=%llu\n", (unsigned long long)seed);
	fflush(stdout);
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	system_fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (system_fd < 0)
		die(argv[1]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	canary = fill(memory(CANARY_SIZE), CANARY_SIZE);
	/* Nobody else may write here: not even a copy is left to others. */
	madvise(canary, CANARY_SIZE, MADV_DONTFORK);

	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		_exit(control(system_fd));
	close(system_fd);

	r = rng_from(seed, 0);
	end = now_ms() + number(argc, argv, "--seconds", 10) * 1000;
	while (now_ms() < end) {
		struct round round = {
			.device = argv[1],
			.seed = rnd(&r),
			.ms = 200 + below(&r, 400),
			.gid = number(argc, argv, "--group", 0),
			.counts = shared->counts,
		};
		bool killed = one_in(&r, 3);

		round.unprivileged = round.gid && rounds % 2;
		rounds++;
		choose_race(&r, &round, only);
		if (!play(&round, killed)) {
			verdict("rounds", "a process cannot be killed");
			return 1;
		}
	}
	printf("# %u rounds\n", rounds);
	before = atomic_load(&shared->control_rounds);
	verdict("control-goes-on", before ? NULL : "it never came round");
	atomic_store(&shared->stop, true);
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	verdict("control-memory", control_reason(status));
	verdict("rounds", reap() ? NULL : "a process does not end");
	verdict("own-memory", intact(canary, CANARY_SIZE) ? NULL : "it was written to");
	report(!geteuid());
	report_races();
	return failed;
}
