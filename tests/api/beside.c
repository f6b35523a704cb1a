// SPDX-License-Identifier: GPL-2.0-only
/*
 * beside - runs a command beside a real-time thread that never sleeps.
 *
 *   beside SECONDS COMMAND [ARGUMENT...]
 *
 * The thread is at SCHED_FIFO's highest priority on the last CPU; the reserve of time
 * that RT throttling keeps for ordinary threads is turned off. The command has the
 * other CPUs. The exit status is its own, or 124 if it had not ended
 * after SECONDS: then the thread ends, so that the command does not hang for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm.h"

/*
 * What would give ordinary threads time there, and what would complain that they have
 * none. Linux 6.12 gives them a twentieth whatever is set: there it is a wait of up to a
 * second for each turn of an ordinary thread, on 6.1 one without end.
 */
static struct setting {
	const char *path;
	const char *value;
	char before[32];
} settings[] = {
	{ "/proc/sys/kernel/sched_rt_runtime_us", "-1", "" },
	{ "/sys/module/workqueue/parameters/watchdog_thresh", "0", "" },
	{ "/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress", "1", "" },
};

#define NR_SETTINGS	(sizeof(settings) / sizeof(settings[0]))

static void write_setting(const struct setting *s, const char *value)
{
	int fd = open(s->path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die(s->path);
	close(fd);
}

static void change_settings(void)
{
	for (size_t i = 0; i < NR_SETTINGS; i++) {
		struct setting *s = &settings[i];
		int fd = open(s->path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		if (read(fd, s->before, sizeof(s->before) - 1) <= 0)
			die(s->path);
		close(fd);
		write_setting(s, s->value);
	}
}

static void restore_settings(void)
{
	for (size_t i = 0; i < NR_SETTINGS; i++)
		if (settings[i].before[0])
			write_setting(&settings[i], settings[i].before);
}

static pid_t start_spinner(int cpu)
{
	struct sched_param highest = {
		.sched_priority = sched_get_priority_max(SCHED_FIFO),
	};
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		bind_to(cpu);
		if (sched_setscheduler(0, SCHED_FIFO, &highest))
			die("sched_setscheduler");
		if (write(ready[1], "x", 1) != 1)
			die("write");
		for (;;)
			;
	}
	if (read(ready[0], &byte, 1) != 1)
		die("the spinner");
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void end_spinner(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Every CPU but that one. */
static void stay_away_from(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (int i = 0; i < cpu; i++)
		CPU_SET(i, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

static pid_t start_command(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		execvp(argv[0], argv);
		die(argv[0]);
	}
	return pid;
}

/* SIGCHLD is blocked: it is waited for. */
static bool ends_within(pid_t pid, int *status, unsigned int seconds)
{
	uint64_t end = now_ns() + seconds * 1000000000ull;

	for (;;) {
		uint64_t now = now_ns(), left = end > now ? end - now : 0;
		struct timespec wait = { left / 1000000000, left % 1000000000 };
		sigset_t child;

		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		if (!left)
			return false;
		sigemptyset(&child);
		sigaddset(&child, SIGCHLD);
		sigtimedwait(&child, NULL, &wait);
	}
}

int main(int argc, char **argv)
{
	int last = sysconf(_SC_NPROCESSORS_ONLN) - 1, status;
	pid_t spinner, command;
	sigset_t child;
	bool ended;

	if (argc < 3) {
		fprintf(stderr, "usage: beside SECONDS COMMAND [ARGUMENT...]\n");
		return 2;
	}
	if (last < 1) {
		fprintf(stderr, "beside: there is one CPU only\n");
		return 2;
	}
	stay_away_from(last);
	change_settings();
	spinner = start_spinner(last);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	command = start_command(argv + 2);
	ended = ends_within(command, &status, strtoul(argv[1], NULL, 10));
	end_spinner(spinner);
	restore_settings();
	if (!ended) {
		fprintf(stderr, "beside: %s had not ended after %s s\n", argv[2], argv[1]);
		waitpid(command, &status, 0);
		return 124;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
