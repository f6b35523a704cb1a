// SPDX-License-Identifier: GPL-2.0-only
/*
 * start - what it takes to start hvk-run with the least guest that there is: one vCPU, 128
 * MiB, a raw image of a few instructions. By tests/system/bench.
 *
 *   start DEVICE HVK-RUN	"bench NAME FIGURE" a line
 *
 * exec-to-guest: nanoseconds (instructions, in a lab that counts them) from before this
 * program's fork() and exec() until the guest's first instruction, which reads the
 * physical counter. This program reads the virtual one, which has no offset in a host.
 * Whatever else happens in between counts: the dynamic loader, EL2 that hvk takes, and
 * waiting, which is next to nothing (the CPU was seen to idle for at most 1.4 % of it).
 *
 * private-memory: KiB that are this hvk-run's alone while the guest sleeps, as
 * /proc/PID/smaps has them (Private_Clean and Private_Dirty), without the guest's memory.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm.h"

#define REPEAT		5	/* the least counts, after a start that fills caches */
#define MEMORY_MIB	"128"
#define MEMORY_KIB	(128 * 1024ull)
#define IMAGE		"/tmp/start.bin"
#define IMAGE_OPTION	IMAGE ",format=raw"

/* start_guest.S */
extern const char start_image[], start_image_end[];

struct start {
	uint64_t ns, private_kib;
};

static uint64_t count(void)
{
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) :: "memory");
	return ticks;
}

static uint64_t frequency(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz;
}

static void write_image(void)
{
	FILE *file = fopen(IMAGE, "w");
	size_t size = start_image_end - start_image;

	if (!file || fwrite(start_image, 1, size, file) != size || fclose(file))
		die(IMAGE);
}

static void become_hvk_run(const char *device, const char *hvk_run, int out)
{
	int null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0)
		die("dup2");
	execl(hvk_run, hvk_run, "--dev", device, "--kernel", IMAGE_OPTION, "--cpus", "1",
	      "--memory", MEMORY_MIB, (char *)NULL);
	die(hvk_run);
}

/* A mapping as large as the guest's memory is the guest's memory. */
static uint64_t private_kib(pid_t pid)
{
	uint64_t value, sum = 0, guests = 0;
	char path[64], line[512];
	bool guest = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	file = fopen(path, "r");
	if (!file)
		die(path);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Size: %" SCNu64, &value) == 1) {
			guest = value == MEMORY_KIB;
			guests += guest;
		} else if (!guest &&
			   (sscanf(line, "Private_Clean: %" SCNu64, &value) == 1 ||
			    sscanf(line, "Private_Dirty: %" SCNu64, &value) == 1)) {
			sum += value;
		}
	}
	fclose(file);
	if (guests != 1) {
		fprintf(stderr, "%" PRIu64 " mappings may be the guest's memory\n", guests);
		exit(1);
	}
	return sum;
}

/* The guest's line; what is not a count is hvk-run's message. */
static uint64_t guests_count(FILE *console)
{
	char line[256], *end;
	uint64_t ticks;

	if (!fgets(line, sizeof(line), console))
		die("no line of the guest");
	ticks = strtoull(line, &end, 16);
	if (end != line + 16) {
		fprintf(stderr, "%s", line);
		exit(1);
	}
	return ticks;
}

static struct start start_once(const char *device, const char *hvk_run)
{
	uint64_t before, ticks;
	FILE *console;
	struct start s;
	int pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		die("pipe2");
	console = fdopen(pipes[0], "r");
	if (!console)
		die("fdopen");
	before = count();
	pid = fork();
	if (!pid)
		become_hvk_run(device, hvk_run, pipes[1]);
	if (pid < 0)
		die("fork");
	close(pipes[1]);
	ticks = guests_count(console);
	if (ticks < before || ticks > count())
		die("a count of another clock");
	s.ns = (ticks - before) * 1000000000 / frequency();
	s.private_kib = private_kib(pid);
	kill(pid, SIGKILL);
	if (waitpid(pid, NULL, 0) != pid)
		die("waitpid");
	fclose(console);
	return s;
}

int main(int argc, char **argv)
{
	struct start best = { UINT64_MAX, UINT64_MAX };

	if (argc != 3) {
		fprintf(stderr, "usage: start DEVICE HVK-RUN\n");
		return 2;
	}
	/* One CPU: hvk-run's threads run in turn, and no figure has two of them in it. */
	bind_to(0);
	write_image();
	start_once(argv[1], argv[2]);
	for (int i = 0; i < REPEAT; i++) {
		struct start s = start_once(argv[1], argv[2]);

		best.ns = s.ns < best.ns ? s.ns : best.ns;
		best.private_kib = s.private_kib < best.private_kib ? s.private_kib :
				   best.private_kib;
	}
	unlink(IMAGE);
	printf("bench exec-to-guest %" PRIu64 "\n", best.ns);
	printf("bench private-memory %" PRIu64 "\n", best.private_kib);
	printf("start-end\n");
	return 0;
}
