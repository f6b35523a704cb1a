// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost.c's rows about windows, which only hvk has: on KVM they print nothing.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cost.h"
#include "suite.h"
#include "uapi/hvk.h"

#define FRAME_NS	1000000ull
#define WINDOW_NS	100000ull
#define GAP_NS		50000ull	/* no window's guest is away for so long within it */
#define WINDOWS_CPU	1		/* the thread that waits for the others has CPU 0 */
#define RECORDS		128
#define MEMORY_SIZE	(PROGRAMS_SIZE + WORDS_SIZE)
#define OPEN_NS		1000000000ull	/* a window that outlasts all rounds of a row */

/* What the program "window" stores for each of its windows, in ticks. */
struct record {
	uint64_t last;	/* its last count in the window before */
	uint64_t first;	/* its first count in this one */
};

struct partition {
	struct vm vm;
	struct record *records;
	pthread_t thread;
};

/* KVM does not know the call; hvk looks for its argument. */
static bool has_windows(void)
{
	return ioctl(system_fd, HVK_CREATE_FRAME, NULL) < 0 && errno == EFAULT;
}

static int frame_open(struct hvk_frame *frame)
{
	int fd;

	frame->size = sizeof(*frame);
	fd = ioctl(system_fd, HVK_CREATE_FRAME, frame);
	if (fd < 0)
		die("HVK_CREATE_FRAME");
	return fd;
}

static void frame_start(int fd)
{
	struct hvk_frame_start soon = {};

	if (ioctl(fd, HVK_FRAME_START, &soon))
		die("HVK_FRAME_START");
}

/* Not by machine_open(), whose guest runs: a place is given before. */
static void partition_open(struct partition *p, int frame, uint32_t owner)
{
	struct hvk_vcpu_frame place = { .frame_fd = frame, .owner = owner };
	char *memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	memcpy(memory, cost_programs, cost_programs_end - cost_programs);
	__builtin___clear_cache(memory, memory + PROGRAMS_SIZE);
	p->records = (void *)(memory + PROGRAMS_SIZE);
	vm_open(&p->vm, system_fd);
	close(vm_gic(&p->vm, GICD, GICC));
	vm_slot(&p->vm, 1, 0, COST_IPA, PROGRAMS_SIZE, memory);
	vm_slot(&p->vm, 2, 0, WORDS_IPA, WORDS_SIZE, p->records);
	if (ioctl(p->vm.vcpu, HVK_VCPU_FRAME, &place))
		die("HVK_VCPU_FRAME");
}

static void partition_close(struct partition *p)
{
	vm_close(&p->vm);
	munmap((char *)p->records - PROGRAMS_SIZE, MEMORY_SIZE);
}

static void *run_in_windows(void *arg)
{
	struct partition *p = arg;

	bind_to(WINDOWS_CPU);
	run_program(&p->vm, cost_window, RECORDS, WORDS_IPA, ticks_of(GAP_NS));
	return NULL;
}

/*
 * How long each switch took: from the last count of the first partition to the first one
 * of the second, whose window begins where the first one's ends. Their number; the least
 * and the most are those in which the host's tick was.
 */
static unsigned int switches(const struct record *first, const struct record *second,
			     uint64_t *ns)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < RECORDS; i++)
		for (unsigned int j = 0; j < RECORDS; j++) {
			uint64_t ticks = second[i].first - first[j].last;

			if (ticks < ticks_of(GAP_NS))
				ns[found++] = ns_of(ticks);
		}
	return found;
}

/*
 * The CPU goes from one partition to the next: two VMs, each with a vCPU in a window of its
 * own, that count as fast as they can. The figure is the median, over the frames, of the
 * time in which neither counts: it contains the end of the first window, the start of the
 * second, the change of threads, and at most one round of each guest's loop (six
 * instructions). A tick of the counter is 16 instructions.
 */
void row_window_switch(const char *name)
{
	struct hvk_frame frame = { .major_ns = FRAME_NS, .nr_windows = 2, .window = {
		{ WINDOWS_CPU, 0, 0, WINDOW_NS }, { WINDOWS_CPU, 1, WINDOW_NS, WINDOW_NS } } };
	struct partition partitions[2];
	uint64_t ns[RECORDS];
	unsigned int nr;
	int fd;

	if (!has_windows())
		return;
	fd = frame_open(&frame);
	for (uint32_t i = 0; i < 2; i++) {
		struct partition *p = &partitions[i];

		partition_open(p, fd, i);
		if (pthread_create(&p->thread, NULL, run_in_windows, p))
			die("pthread_create");
	}
	frame_start(fd);
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(partitions[i].thread, NULL);
	nr = switches(partitions[0].records, partitions[1].records, ns);
	if (nr < RECORDS / 2)
		die("too few windows followed each other");
	report(name, median(ns, nr), 0, 1);
	for (unsigned int i = 0; i < 2; i++)
		partition_close(&partitions[i]);
	close(fd);
}

/* The exit of "mmio-read" by a vCPU that has a place, in a window that stays open. */
void row_window_exit(const char *name)
{
	struct hvk_frame frame = { .major_ns = OPEN_NS, .nr_windows = 1,
				   .window = { { 0, 0, 0, OPEN_NS } } };
	struct partition p;
	int fd;

	if (!has_windows())
		return;
	fd = frame_open(&frame);
	partition_open(&p, fd, 0);
	frame_start(fd);
	report(name, least_ns(&p.vm, cost_load, ROUNDS, DEVICE_IPA, 0),
	       least_ns(&p.vm, cost_empty, ROUNDS, 0, 0), ROUNDS);
	partition_close(&p);
	close(fd);
}
