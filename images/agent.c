// SPDX-License-Identifier: GPL-2.0-only
/*
 * agent.c - process 1 of the lab's nested host, or a service where rdinit= names another
 * one. Runs one command and talks about it with images/lab through a serial port of its own
 * (/lab/port names it), so that the console stays the kernel's alone. A frame is a type, a
 * 16-bit little-endian length, and that many bytes:
 *
 *   to the agent    I input   E end of input   W rows and columns (2 x u16)
 *   to the lab      R ready   O output   D diagnostics (stderr)   K a record of the
 *                   kernel log   A u16: so much input was taken   X u32: exit status
 *
 * A kernel that another one has started (/lab/again) begins with zeros: a frame that
 * was not finished when the other ended takes some of them, the lab drops the rest.
 *
 * The lab sends at most WINDOW bytes of input that were not yet acknowledged: a
 * serial port without flow control would lose what its tty cannot buffer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define WINDOW 2048
#define FRAME_MAX 4096
#define HEADER 3

/* The command and the descriptors that lead to it. */
struct command {
	pid_t pid;
	int in;		/* -1 once it is closed */
	int out;
	int err;	/* -1 on a terminal, and where both go to one place */
	int terminal;
	int at_end;	/* the lab's input has ended */
	uint8_t pending[WINDOW];
	size_t pending_len;
};

static int port = -1;

static void die(const char *what)
{
	fprintf(stderr, "lab agent: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
	_exit(1);
}

static void write_all(const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(port, p, len);

		if (n < 0 && errno != EINTR)
			die("serial port");
		if (n > 0) {
			p += n;
			len -= n;
		}
	}
}

static void send_frame(char type, const void *data, size_t len)
{
	uint8_t header[HEADER] = { type, len & 0xff, len >> 8 };

	write_all(header, sizeof(header));
	write_all(data, len);
}

static void mount_all(void)
{
	static const struct {
		const char *type, *dir;
	} mounts[] = {
		{ "proc", "/proc" },		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },		{ "devpts", "/dev/pts" },
		{ "tmpfs", "/tmp" },		{ "tmpfs", "/run" },
		{ "tmpfs", "/dev/shm" },	{ "debugfs", "/sys/kernel/debug" },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].dir, 0755);
		/* debugfs may not be configured; the others' lack shows soon enough. */
		mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, NULL);
	}
}

/* The strings of a NUL-separated file, as a NULL-terminated array; NULL if there is none. */
static char **read_strings(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t count = 0, len = 0;
	struct stat st;
	char **strings, *text;
	ssize_t n;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st))
		die(path);
	text = calloc(1, st.st_size + 1);
	strings = calloc(st.st_size + 1, sizeof(*strings));
	if (!text || !strings)
		die(path);
	while ((n = read(fd, text + len, st.st_size - len)) > 0)
		len += n;
	close(fd);
	for (size_t at = 0; at < len; at += strlen(text + at) + 1)
		strings[count++] = text + at;
	return strings;
}

static void open_port(void)
{
	char **name = read_strings("/lab/port");
	struct termios mode;

	if (!name || !name[0])
		die("/lab/port");
	port = open(name[0], O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (port < 0 || tcgetattr(port, &mode))
		die(name[0]);
	cfmakeraw(&mode);
	if (tcsetattr(port, TCSANOW, &mode))
		die(name[0]);
}

/* Loads the modules without which the machine does not power off. */
static void load_drivers(void)
{
	char **name = read_strings("/lab/drivers");
	int fd;

	for (; name && *name; name++) {
		fd = open(*name, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
			die(*name);
		close(fd);
	}
}

static void set_size(int fd, unsigned int rows, unsigned int columns)
{
	struct winsize size = { .ws_row = rows, .ws_col = columns };

	ioctl(fd, TIOCSWINSZ, &size);
}

/* In the child: never returns. */
static void become_command(char **argv, char **env)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execvpe(argv[0], argv, env);
	dprintf(2, "lab: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void start_on_terminal(struct command *c, char **argv, char **env, char **size)
{
	int master;

	c->pid = forkpty(&master, NULL, NULL, NULL);
	if (c->pid < 0)
		die("forkpty");
	if (!c->pid)
		become_command(argv, env);
	if (size[0] && size[1])
		set_size(master, atoi(size[0]), atoi(size[1]));
	fcntl(master, F_SETFD, FD_CLOEXEC);
	c->terminal = 1;
	c->in = dup(master);
	c->out = master;
	c->err = -1;
}

static void start_on_pipes(struct command *c, char **argv, char **env, int merge)
{
	int in[2], out[2], err[2] = { -1, -1 };

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || (!merge && pipe2(err, O_CLOEXEC)))
		die("pipe");
	c->pid = fork();
	if (c->pid < 0)
		die("fork");
	if (!c->pid) {
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(merge ? out[1] : err[1], 2);
		become_command(argv, env);
	}
	close(in[0]);
	close(out[1]);
	if (!merge)
		close(err[1]);
	c->in = in[1];
	c->out = out[0];
	c->err = err[0];
}

/* Gives the command what it takes of its pending input, and the lab its credit. */
static void feed(struct command *c)
{
	uint8_t credit[2];
	ssize_t n = c->pending_len;

	if (c->in >= 0 && c->pending_len) {
		n = write(c->in, c->pending, c->pending_len);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0) {	/* nobody reads it any more: drop it */
			close(c->in);
			c->in = -1;
			n = c->pending_len;
		}
	}
	if (n) {
		memmove(c->pending, c->pending + n, c->pending_len - n);
		c->pending_len -= n;
		credit[0] = n & 0xff;
		credit[1] = n >> 8;
		send_frame('A', credit, sizeof(credit));
	}
	if (c->at_end && !c->pending_len && c->in >= 0) {
		close(c->in);
		c->in = -1;
	}
}

static void take_frame(struct command *c, uint8_t type, const uint8_t *data, size_t len)
{
	switch (type) {
	case 'I':
		if (len > WINDOW - c->pending_len) {
			errno = EPROTO;
			die("more input than was allowed");
		}
		memcpy(c->pending + c->pending_len, data, len);
		c->pending_len += len;
		break;
	case 'E':
		c->at_end = 1;
		break;
	case 'W':
		if (len == 4 && c->terminal)
			set_size(c->out, data[0] | data[1] << 8, data[2] | data[3] << 8);
		break;
	}
	feed(c);
}

/* Reads the serial port and takes the frames that are complete. */
static void take_port(struct command *c)
{
	static uint8_t buffer[HEADER + FRAME_MAX];
	static size_t have;
	ssize_t n = read(port, buffer + have, sizeof(buffer) - have);

	if (n < 0 && errno != EINTR)
		die("serial port");
	have += n > 0 ? n : 0;
	while (have >= HEADER) {
		size_t len = buffer[1] | buffer[2] << 8;

		if (len > FRAME_MAX) {
			errno = EPROTO;
			die("serial port");
		}
		if (have < HEADER + len)
			break;
		take_frame(c, buffer[0], buffer + HEADER, len);
		have -= HEADER + len;
		memmove(buffer, buffer + HEADER + len, have);
	}
}

/* Passes on what a descriptor has; closes it at its end. */
static void pass_on(int *fd, char type)
{
	char data[FRAME_MAX];
	ssize_t n = read(*fd, data, sizeof(data));

	if (n > 0) {
		send_frame(type, data, n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		/* A terminal's end reads as EIO once nobody has it open. */
		close(*fd);
		*fd = -1;
	}
}

/* Passes on the records that the kernel log has now, at most so many. */
static void pass_log(int kmsg, int most)
{
	char record[FRAME_MAX];

	while (most--) {
		ssize_t n = read(kmsg, record, sizeof(record));

		if (n > 0)
			send_frame('K', record, n);
		else if (n == 0 || errno != EPIPE)	/* EPIPE: some were overwritten */
			return;
	}
}

/* Runs until the command has ended and what it wrote is passed on; its wait status. */
static int serve(struct command *c, int kmsg, int signals)
{
	int status = 0, ended = 0;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = signals, .events = POLLIN },
			{ .fd = port, .events = POLLIN },
			{ .fd = c->out, .events = POLLIN },
			{ .fd = c->err, .events = POLLIN },
			{ .fd = kmsg, .events = POLLIN },
			{ .fd = c->pending_len ? c->in : -1, .events = POLLOUT },
		};
		int ready = poll(fds, sizeof(fds) / sizeof(fds[0]), ended ? 0 : -1);

		if (ready < 0 && errno != EINTR)
			die("poll");
		if (fds[0].revents) {
			struct signalfd_siginfo info;
			int result;
			pid_t pid;

			if (read(signals, &info, sizeof(info)) < 0)
				die("signalfd");
			while ((pid = waitpid(-1, &result, WNOHANG)) > 0) {
				if (pid == c->pid) {
					status = result;
					ended = 1;
				}
			}
		}
		if (fds[1].revents)
			take_port(c);
		if (fds[2].revents)
			pass_on(&c->out, 'O');
		if (fds[3].revents)
			pass_on(&c->err, 'D');
		if (fds[4].revents)
			pass_log(kmsg, 32);
		if (fds[5].revents)
			feed(c);
		/* What the command left running may hold its output open for ever. */
		if (ended && !fds[2].revents && !fds[3].revents && !fds[4].revents)
			return status;
	}
}

int main(void)
{
	struct command c = { .in = -1, .out = -1, .err = -1 };
	char **argv, **env, **size, **settle;
	sigset_t child;
	int kmsg, signals, status;
	uint32_t code;

	if (getpid() == 1)	/* another process 1 has done it its way */
		mount_all();
	load_drivers();
	open_port();
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
	signals = signalfd(-1, &child, SFD_CLOEXEC);
	argv = read_strings("/lab/argv");
	env = read_strings("/lab/env");
	size = read_strings("/lab/terminal");
	settle = read_strings("/lab/settle");
	if (kmsg < 0 || signals < 0 || !argv || !argv[0] || !env || chdir("/root"))
		die("the lab's files");

	if (!access("/lab/again", F_OK)) {
		static const uint8_t zeros[HEADER + FRAME_MAX];

		write_all(zeros, sizeof(zeros));
	}
	pass_log(kmsg, 1 << 20);
	if (settle && settle[0])
		sleep(atoi(settle[0]));
	send_frame('R', NULL, 0);
	if (size)
		start_on_terminal(&c, argv, env, size);
	else
		start_on_pipes(&c, argv, env, !access("/lab/merge", F_OK));
	fcntl(c.in, F_SETFL, O_NONBLOCK);
	fcntl(c.out, F_SETFL, fcntl(c.out, F_GETFL) | O_NONBLOCK);
	if (c.err >= 0)
		fcntl(c.err, F_SETFL, O_NONBLOCK);

	status = serve(&c, kmsg, signals);
	code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	send_frame('X', &code, sizeof(code));
	tcdrain(port);
	sync();
	reboot(RB_POWER_OFF);
	die("power-off");
	return 1;
}
