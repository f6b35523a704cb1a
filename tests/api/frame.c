// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame - how far a partition moves its neighbour's windows.
 *
 *   frame DEVICE WINDOWS [NEIGHBOUR...]
 *
 * Two partitions on the last CPU, in a frame of 1 ms: one that does what the
 * neighbour's name says, and right behind its window that of one that measures. A
 * line for each neighbour, then one for all of them: the delay of the measuring
 * partition's windows against the plan, and how far it is from that beside an
 * idle neighbour. Exit status 1 if a largest delay moved by LIMIT_NS or more, or
 * if more than one window in 200 did not come. `threads` is the same with two
 * threads of the host instead, for comparison.
 *
 * The host's own work meets a window now and then, when counting that of the other CPU
 * too. What a neighbour moves it moves again: a largest delay beyond the limit is
 * measured up to TRIES times, each with its line, and the smallest counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"
#include "gic.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"
#include "vm.h"

#define LIMIT_NS	20000	/* docs/partitions.md promises it */
#define MISSED_IN	200	/* the host's own work takes one now and then */
#define TRIES		3
#define GAP_US		50	/* between two looks: somebody else's window */

#define MOST_INTIDS	992	/* as many as hvk offers, as KVM */

#define DEVICE_IPA	0x0a000000ull	/* nobody's: the VMM answers */
#define CODE		0x40000000ull
#define DATA		0x50000000ull
#define DATA_SIZE	(4ull << 20)
#define DISCARDED	(64ull << 10)	/* of DATA, in one go */
#define HUGE_AT		0x100000000ull	/* aligned as DATA is: blocks fit */

/* frame_guest.S */
extern const char programs[], programs_end[];
extern const char program_measure[], program_spin[], program_hvc[], program_wfe[],
	program_gicd[], program_mmio[], program_sysreg[], program_sgi[], program_wfi[],
	program_timer[], program_pages[], program_setway[], program_toggle[],
	program_ctlr[];

/* What the measuring program leaves. */
struct record {
	uint64_t last_ticks, first_ticks, start_ns, end_ns;
};

struct partition {
	struct vm vm;
	const char *program;
	uint8_t *code, *data;
	uint64_t data_size;
	int cpu;
	atomic_bool stop;
	struct result end;
};

static const struct neighbour {
	const char *name;
	const char *program;
	uint64_t x3, x4;
	uint64_t x5_us;
	uint32_t mib;		/* of DATA, all mapped; 0: as little as there is */
	bool huge;		/* in blocks of 2 MiB */
} neighbours[] = {
	{ "spin", program_spin, 0, 0, 0, 0, false },
	{ "hvc", program_hvc, 0, 0, 0, 0, false },
	{ "gicd", program_gicd, 0, 0, 0, 0, false },
	{ "mmio", program_mmio, DEVICE_IPA, 0, 0, 0, false },
	{ "sgi", program_sgi, 0, 0, 0, 0, false },
	{ "wfi", program_wfi, 0, 0, 20, 0, false },
	{ "wfe", program_wfe, 0, 0, 0, 0, false },
	{ "timer", program_timer, 0, 0, 0, 0, false },
	{ "sysreg", program_sysreg, 0, 0, 0, 0, false },
	{ "pages", program_pages, DATA, DISCARDED, 0, 0, false },
	{ "ctlr", program_ctlr, 0, 0, 0, 0, false },
	{ "setway-64", program_setway, DATA, 0, 0, 64, false },
	{ "setway-512", program_setway, DATA, 0, 0, 512, true },
	{ "toggle-64", program_toggle, DATA, 0, 0, 64, false },
	{ "toggle-512", program_toggle, DATA, 0, 0, 512, true },
};

#define NR_NEIGHBOURS	(sizeof(neighbours) / sizeof(neighbours[0]))

struct summary {
	int64_t min, median, p99, max;
};

static int system_fd, cpu;
static uint64_t frequency;

/*
 * When counting, both CPUs share QEMU's one clock: what CPU 0 does takes this one's
 * time as well, and its tick alone is as long as a switch. The coarse clock stands at
 * the last tick, so that the next ones can be put where nobody has a window.
 */
uint64_t first_frame_ns(void)
{
	struct timespec tick;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &tick);
	return tick.tv_sec * 1000000000ull + tick.tv_nsec + 20 * MAJOR_NS - TICK_NS;
}

static uint64_t ticks_to_ns(uint64_t ticks)
{
	return (unsigned __int128)ticks * 1000000000 / frequency;
}

/* --- partitions -------------------------------------------------------------------- */

static uint8_t *add_memory(struct vm *vm, unsigned int slot, uint64_t ipa, uint64_t size,
			   bool huge)
{
	struct hvk_prefault all = { .ipa = ipa, .size = size };
	uint8_t *memory = mmap((void *)(huge ? HUGE_AT : 0), size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* A kernel without huge pages (PREEMPT_RT) refuses the advice, and needs none. */
	if (memory == MAP_FAILED ||
	    (madvise(memory, size, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) && errno != EINVAL))
		die("memory");
	if (slot == 1)
		memcpy(memory, programs, programs_end - programs);
	__builtin___clear_cache((char *)memory, (char *)memory + size);
	vm_slot(vm, slot, 0, ipa, size, memory);
	if (ioctl(vm->fd, HVK_PREFAULT, &all))
		die("HVK_PREFAULT");
	return memory;
}

static void open_partition(struct partition *p, int frame, uint32_t owner,
			   const struct neighbour *n)
{
	struct hvk_vm_para para = { .flags = HVK_PARA_LOCKED };
	struct hvk_vcpu_frame place = { .frame_fd = frame, .owner = owner };

	p->cpu = cpu;
	p->data_size = n && n->mib ? (uint64_t)n->mib << 20 : DATA_SIZE;
	p->vm.fd = ioctl(system_fd, KVM_CREATE_VM, 0);
	if (p->vm.fd < 0 || ioctl(p->vm.fd, HVK_VM_PARA, &para))
		die("HVK_VM_PARA");
	vm_open_vcpu(&p->vm, system_fd);
	vm_intids = p->program == program_ctlr ? MOST_INTIDS : 0;
	close(vm_gic(&p->vm, GICD, GICC));
	p->code = add_memory(&p->vm, 1, CODE, 8192, false);
	p->data = add_memory(&p->vm, 2, DATA, p->data_size, n && n->huge);
	if (ioctl(p->vm.vcpu, HVK_VCPU_FRAME, &place))
		die("HVK_VCPU_FRAME");
}

static void close_partition(struct partition *p)
{
	vm_close(&p->vm);
	munmap(p->code, 8192);
	munmap(p->data, p->data_size);
}

/* Runs it, and is the VMM behind it: devices read as 0, pages are discarded. */
static void *run(void *arg)
{
	struct partition *p = arg;

	bind_to(p->cpu);
	p->end = vm_call(&p->vm, CODE + (p->program - programs));
	if (p->program == program_measure)
		return NULL;
	while (!atomic_load(&p->stop)) {
		if (p->program == program_pages &&
		    madvise(p->data, DISCARDED, MADV_DONTNEED))
			die("MADV_DONTNEED");
		ioctl(p->vm.vcpu, KVM_RUN, 0);
	}
	return NULL;
}

static void on_signal(int number)
{
	(void)number;	/* it ends KVM_RUN */
}

static void start(struct partition *p, pthread_t *thread)
{
	if (pthread_create(thread, NULL, run, p))
		die("pthread_create");
}

static void stop(struct partition *p, pthread_t thread)
{
	atomic_store(&p->stop, true);
	p->vm.run->immediate_exit = 1;
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
}

/* --- one measurement ----------------------------------------------------------------- */

/*
 * The first record is about the window after the one that the program began in,
 * and a window's last look is in the record after its own.
 */
static size_t evaluate(const struct record *records, struct window *windows, size_t nr)
{
	size_t missed = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct record *r = &records[i];

		windows[i].late_ns = ticks_to_ns(r->first_ticks) - r->start_ns;
		windows[i].length_ns = ticks_to_ns(r[1].last_ticks - r->first_ticks);
		missed += (r[1].start_ns - r->start_ns + MAJOR_NS / 2) / MAJOR_NS != 1;
	}
	return missed;
}

/* Beside `n`, or nobody. Returns the number of windows that did not come when due. */
static size_t measure(const struct neighbour *n, struct window *windows, size_t nr)
{
	struct hvk_frame frame = {
		.size = sizeof(frame), .nr_windows = 2, .major_ns = MAJOR_NS,
		.window = { { cpu, 0, NEIGHBOUR_NS, WINDOW_NS },
			    { cpu, 1, MEASURED_NS, WINDOW_NS } },
	};
	struct hvk_frame_start at;
	struct partition measuring = { .program = program_measure }, other = {};
	int fd = ioctl(system_fd, HVK_CREATE_FRAME, &frame);
	pthread_t threads[2];
	size_t missed;

	if (fd < 0)
		die("HVK_CREATE_FRAME");
	open_partition(&measuring, fd, 1, NULL);
	vm_set_x(&measuring.vm, 3, DATA);
	vm_set_x(&measuring.vm, 4, nr + 1);
	vm_set_x(&measuring.vm, 5, GAP_US * frequency / 1000000);
	start(&measuring, &threads[0]);
	if (n) {
		other.program = n->program;
		open_partition(&other, fd, 0, n);
		vm_set_x(&other.vm, 3, n->x3);
		vm_set_x(&other.vm, 4, n->x4);
		vm_set_x(&other.vm, 5, n->x5_us * frequency / 1000000);
		start(&other, &threads[1]);
	}
	at.start_ns = first_frame_ns();
	if (ioctl(fd, HVK_FRAME_START, &at))
		die("HVK_FRAME_START");
	pthread_join(threads[0], NULL);
	if (measuring.end.how != DONE) {
		fprintf(stderr, "frame: %s 0x%llx\n", how_names[measuring.end.how],
			(unsigned long long)measuring.end.value);
		exit(1);
	}
	if (n)
		stop(&other, threads[1]);
	close(fd);
	missed = evaluate((struct record *)measuring.data, windows, nr);
	close_partition(&measuring);
	if (n)
		close_partition(&other);
	return missed;
}

/* --- the report ------------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static struct summary summarise(const int64_t *values, size_t stride, size_t nr)
{
	int64_t *sorted = malloc(nr * sizeof(*sorted));
	struct summary s;

	if (!sorted)
		die("malloc");
	for (size_t i = 0; i < nr; i++)
		sorted[i] = values[i * stride];
	qsort(sorted, nr, sizeof(*sorted), compare);
	s = (struct summary){ sorted[0], sorted[nr / 2], sorted[nr * 99 / 100],
			      sorted[nr - 1] };
	free(sorted);
	return s;
}

/* Prints a line; returns the delay's. */
static struct summary report(const char *name, const struct window *windows, size_t nr,
			     size_t missed, const struct summary *idle)
{
	const size_t stride = sizeof(*windows) / sizeof(int64_t);
	struct summary late = summarise(&windows->late_ns, stride, nr);
	struct summary length = summarise(&windows->length_ns, stride, nr);

	printf("%-10s %6zu %7.2f %7.2f %7.2f %7.2f ", name, nr, late.min / 1e3,
	       late.median / 1e3, late.p99 / 1e3, late.max / 1e3);
	if (idle)
		printf("%+7.2f %+7.2f ", (late.median - idle->median) / 1e3,
		       (late.max - idle->max) / 1e3);
	else
		printf("%7s %7s ", "", "");
	printf("%8.2f %7.2f %7.2f %6zu\n", length.min / 1e3, length.median / 1e3,
	       length.max / 1e3, missed);
	fflush(stdout);
	return late;
}

/* Beside `n`, against `idle`, or beside nobody; *worst: the most windows that did not come. */
static struct summary measured(const struct neighbour *n, const struct summary *idle,
			       struct window *windows, size_t nr, size_t *worst)
{
	struct summary best = {};

	for (int tries = 0; tries < TRIES; tries++) {
		size_t missed = measure(n, windows, nr);
		struct summary late = report(n ? n->name : "idle", windows, nr, missed, idle);

		if (missed > *worst)
			*worst = missed;
		if (!tries || late.max < best.max)
			best = late;
		if (best.max - (idle ? idle->max : best.median) < LIMIT_NS)
			break;
	}
	return best;
}

static bool wanted(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

static void threads(struct window *windows, size_t nr)
{
	size_t missed = threads_measure(cpu, false, windows, nr);
	struct summary idle = report("t-idle", windows, nr, missed, NULL);

	missed = threads_measure(cpu, true, windows, nr);
	report("t-hog", windows, nr, missed, &idle);
}

int main(int argc, char **argv)
{
	size_t nr = argc < 3 ? 0 : strtoul(argv[2], NULL, 10), worst = 0;
	struct sigaction action = { .sa_handler = on_signal };
	int64_t median = 0, largest = 0;
	struct window *windows;
	struct summary idle;

	if (nr < 2 || (nr + 1) * sizeof(struct record) > DATA_SIZE) {
		fprintf(stderr, "usage: frame DEVICE WINDOWS [NEIGHBOUR...]\n");
		return 2;
	}
	system_fd = open(argv[1], O_RDWR | O_CLOEXEC);
	windows = calloc(nr, sizeof(*windows));
	if (system_fd < 0 || !windows)
		die(argv[1]);
	asm("mrs %0, cntfrq_el0" : "=r"(frequency));
	cpu = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	sigaction(SIGUSR1, &action, NULL);

	printf("us: start delay min, median, 99 %%, max; median and max against idle; length min, median, max; missed\n");
	idle = measured(NULL, NULL, windows, nr, &worst);
	for (size_t i = 0; i < NR_NEIGHBOURS; i++) {
		struct summary late;

		if (!wanted(neighbours[i].name, argv + 3))
			continue;
		late = measured(&neighbours[i], &idle, windows, nr, &worst);
		if (late.median - idle.median > median)
			median = late.median - idle.median;
		if (late.max - idle.max > largest)
			largest = late.max - idle.max;
	}
	if (wanted("threads", argv + 3))
		threads(windows, nr);
	printf("median delay %.2f us; moved by the worst neighbour: median %.2f us, max %.2f us (limit %d us); %zu windows each, %zu missed at most\n",
	       idle.median / 1e3, median / 1e3, largest / 1e3, LIMIT_NS / 1000, nr, worst);
	return largest >= LIMIT_NS || worst * MISSED_IN > nr;
}
