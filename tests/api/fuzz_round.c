// SPDX-License-Identifier: GPL-2.0-only
/*
 * A round: one process that makes VMs, and threads that do to them, all at once,
 * what a hostile program can: any call at any time, memory that goes and comes back
 * under the guest, a run page that changes while it is used, fds that are closed
 * during KVM_RUN, copied by fork() and given to another process. Or a race: one kind
 * of call against those who find what it publishes, without a pause.
 *
 * Which of these a thread does next is a matter of the seed; what comes of it also
 * of time. What happens to this process does not matter: only what the host is like
 * when it is gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz_race.h"
#include "uapi/hvk.h"

#define THREADS		6
#define KICK_US		1000
#define RACE_KICK_US	5000	/* they are in calls that end, but for the guests */

static const struct round *round_;
static volatile sig_atomic_t over;

static __thread sigjmp_buf recover;
static __thread volatile sig_atomic_t armed;

/* --- what is done ------------------------------------------------------------------------ */

/* Into the guest's memory, also where nothing can be written any more. */
static void scribble(struct rng *r)
{
	uint64_t words[64];
	struct iovec from = { words, sizeof(words) };
	struct iovec to = { fuzz_memory.ram + below(r, FUZZ_RAM_SIZE - sizeof(words)), sizeof(words) };

	for (unsigned int i = 0; i < 64; i++)
		words[i] = rnd(r);
	process_vm_writev(getpid(), &from, 1, &to, 1, 0);
}

static void restore_code(struct rng *r)
{
	(void)r;
	fuzz_restore_code();
}

static void write_run_page(struct rng *r)
{
	struct kvm_run *run = fuzz_run_page(r);

	if (!run)
		return;
	armed = true;
	if (!sigsetjmp(recover, 0)) {
		volatile uint8_t *bytes = (volatile uint8_t *)run;

		for (unsigned int n = below(r, 64); n; n--)
			bytes[below(r, one_in(r, 4) ? FUZZ_PAGE : 128)] = rnd(r);
		run->immediate_exit = one_in(r, 16);
	}
	armed = false;
}

static void change_memory(struct rng *r)
{
	char *base = one_in(r, 3) ? fuzz_memory.shared : fuzz_memory.ram;
	size_t offset = below(r, FUZZ_RAM_SIZE / FUZZ_PAGE) * FUZZ_PAGE;
	size_t size = (1 + below(r, one_in(r, 4) ? 512 : 4)) * FUZZ_PAGE;

	if (size > FUZZ_RAM_SIZE - offset)
		size = FUZZ_RAM_SIZE - offset;
	switch (below(r, 8)) {
	case 0:
		munmap(base + offset, size);
		break;
	case 1:
	case 2:
		mmap(base + offset, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		break;
	case 3:
		mmap(base + offset, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fuzz_memory.memfd,
		     offset);
		break;
	case 4:
		mprotect(base + offset, size, ANY(r, PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE));
		break;
	case 5:
		madvise(base + offset, size, ANY(r, MADV_DONTNEED, MADV_FREE, MADV_COLD,
						 MADV_PAGEOUT, MADV_HUGEPAGE, MADV_MERGEABLE,
						 MADV_REMOVE));
		break;
	case 6:
		ftruncate(fuzz_memory.memfd, one_in(r, 2) ? (off_t)FUZZ_RAM_SIZE : (off_t)offset);
		break;
	default:
		/* A vCPU's run page as the guest's memory. */
		mmap(base + offset, FUZZ_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		     fuzz_fd(r, VCPU), 0);
		break;
	}
}

static void close_one(struct rng *r)
{
	enum kind kind = below(r, NR_KINDS);

	if (kind != SYSTEM || one_in(r, 8))
		fuzz_close(r, kind);
}

static void copy_one(struct rng *r)
{
	enum kind kind = below(r, NR_KINDS);
	int fd = fcntl(fuzz_fd(r, kind), F_DUPFD_CLOEXEC, 3);

	if (fd >= 0)
		fuzz_keep(r, one_in(r, 8) ? below(r, NR_KINDS) : kind, fd);
}

static void open_more(struct rng *r)
{
	char path[64];

	fuzz_keep(r, SYSTEM, open(round_->device, O_RDWR | O_CLOEXEC));
	fuzz_keep(r, EVENT, eventfd(below(r, 2), EFD_CLOEXEC | EFD_NONBLOCK));
	snprintf(path, sizeof(path), "/proc/self/%s", one_in(r, 2) ? "maps" : "exe");
	fuzz_keep(r, ELSE, open(path, O_RDONLY | O_CLOEXEC));
}

static void use_file(struct rng *r)
{
	uint64_t buf[64] = { 1 };
	int fd = fuzz_fd(r, below(r, NR_KINDS));

	switch (below(r, 4)) {
	case 0:
		/* Eventfds are not blocking, nor is a schedule's trace. */
		read(fd, buf, below(r, sizeof(buf)));
		break;
	case 1:
		write(fd, buf, 8);
		break;
	case 2:
		lseek(fd, rnd(r), SEEK_SET);
		break;
	default:
		fuzz_map_run_page(r, fuzz_fd(r, VCPU));
		break;
	}
}

/* A child has the fds, but not the memory that they are about: EIO, and no harm. */
static void fork_one(struct rng *r)
{
	struct rng own = rng_from(rnd(r), 0);
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return;
	if (!pid) {
		for (unsigned int i = 0; i < 50; i++)
			fuzz_ioctl(&own, round_->counts);
		_exit(0);
	}
	if (one_in(&own, 4))
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}

void fuzz_pin(struct rng *r)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(below(r, 2), &cpus);
	if (one_in(r, 3))
		CPU_SET(below(r, 8), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

static void call(struct rng *r)
{
	fuzz_ioctl(r, round_->counts);
}

/* Out of `weight` of all. */
static const struct {
	unsigned int weight;
	void (*act)(struct rng *r);
} acts[] = {
	{ 400, call },
	{ 40, write_run_page },
	{ 30, change_memory },
	{ 20, scribble },
	{ 8, restore_code },
	{ 12, close_one },
	{ 8, copy_one },
	{ 8, open_more },
	{ 10, use_file },
	{ 4, fuzz_give_away },
	{ 4, fuzz_pin },
	{ 2, fuzz_start_vm },
	{ 1, fork_one },
};

static void *work(void *salt)
{
	struct rng r = rng_from(round_->seed, (uintptr_t)salt);
	unsigned int all = 0, n;
	size_t i;

	for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		all += acts[i].weight;
	for (;;) {
		n = below(&r, all);
		for (i = 0; n >= acts[i].weight; i++)
			n -= acts[i].weight;
		acts[i].act(&r);
	}
	return NULL;
}

static void *run(void *salt)
{
	struct rng r = rng_from(round_->seed, (uintptr_t)salt);

	for (;;) {
		if (one_in(&r, 64))
			fuzz_pin(&r);
		if (ioctl(fuzz_fd(&r, VCPU), KVM_RUN, 0) < 0 && one_in(&r, 8))
			sched_yield();
		if (one_in(&r, 256))
			fuzz_start_vm(&r);
	}
	return NULL;
}

/* --- a race ------------------------------------------------------------------------------- */

static void *publish(void *salt)
{
	struct rng r = rng_from(round_->seed, (uintptr_t)salt);
	struct race_count *count = round_->race_count;

	for (;;) {
		if (one_in(&r, 256))
			fuzz_pin(&r);
		atomic_fetch_add(round_->race->publish(&r) ? &count->worked : &count->failed, 1);
	}
	return NULL;
}

static void *find(void *salt)
{
	struct rng r = rng_from(round_->seed, (uintptr_t)salt);

	for (;;) {
		if (one_in(&r, 256))
			fuzz_pin(&r);
		round_->race->find(&r);
		atomic_fetch_add(&round_->race_count->found, 1);
	}
	return NULL;
}

/* How often this guest was left, for whatever reason. */
static uint64_t exits_of(int vcpu)
{
	struct hvk_vcpu_stats stats = { .size = sizeof(stats) };
	uint64_t sum = 0;

	ioctl(vcpu, HVK_VCPU_STATS, &stats);
	for (unsigned int i = 0; i < HVK_STAT_KINDS; i++)
		sum += stats.exits[i];
	return sum;
}

static void *run_guest(void *salt)
{
	struct rng r = rng_from(round_->seed, (uintptr_t)salt);
	int vcpu = race_world.vcpu[(uintptr_t)salt % RACE_VCPUS];
	uint64_t before = 0, now;

	for (;;) {
		if (one_in(&r, 256))
			fuzz_pin(&r);
		ioctl(vcpu, KVM_RUN, 0);
		now = exits_of(vcpu);
		atomic_fetch_add(&round_->race_count->exits, now - before);
		before = now;
	}
	return NULL;
}

/* --- the round ------------------------------------------------------------------------------ */

static void on_fault(int number)
{
	(void)number;
	if (armed)
		siglongjmp(recover, 1);
	_exit(0);	/* its own memory went: that may be */
}

static void on_kick(int number)
{
	(void)number;
}

static void on_alarm(int number)
{
	(void)number;
	over = true;
}

static void alarm_ms(unsigned int ms)
{
	struct itimerval timer = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void set_handlers(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGILL };
	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };

	for (unsigned int i = 0; i < 3; i++)
		sigaction(faults[i], &action, NULL);
	action.sa_flags = 0;
	action.sa_handler = on_kick;
	sigaction(SIGUSR1, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void become_nobody(unsigned int gid)
{
	gid_t group = gid;

	if (setgroups(1, &group) || setgid(65534) || setuid(65534))
		_exit(1);
}

static void prepare(struct rng *r)
{
	fuzz_make_memory();
	open_more(r);
	open_more(r);
	fuzz_start_vm(r);
	if (one_in(r, 2))
		fuzz_start_vm(r);
}

_Noreturn void fuzz_round(const struct round *round)
{
	static void *(*const others[THREADS])(void *) = { work, work, work, run, run, run };
	static void *(*const racers[THREADS])(void *) = {
		publish, publish, find, find, run_guest, run_guest,
	};
	pthread_t threads[THREADS];
	struct rng r = rng_from(round->seed, 0);

	round_ = round;
	if (round->unprivileged)
		become_nobody(round->gid);
	set_handlers();
	fuzz_make_friend(round->seed);
	if (round->race) {
		fuzz_make_memory();
		fuzz_race_prepare(round->race, round->device);
	} else {
		prepare(&r);
	}
	for (uintptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, (round->race ? racers : others)[i],
				   (void *)(i + 1)))
			_exit(1);
	/* Nobody stays in a call for long. */
	alarm_ms(round->ms);
	while (!over) {
		usleep(round->race ? RACE_KICK_US : KICK_US);
		for (unsigned int i = 0; i < THREADS; i++)
			pthread_kill(threads[i], SIGUSR1);
	}
	_exit(0);
}
