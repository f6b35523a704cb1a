// SPDX-License-Identifier: GPL-2.0-only
/*
 * A round: one process that makes VMs, and threads that do to them, all at once,
 * what a hostile program can: any call at any time, memory that goes and comes back
 * under the guest, a run page that changes while it is used, fds that are closed
 * during KVM_RUN, copied by fork() and given to another process.
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
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"
#include "uapi/hvk.h"

#define PER_KIND	8
#define WORKERS		3
#define RUNNERS		3
#define KICK_US		1000
#define SAFE_FD		500	/* fds from here on are not closed by chance */
#define NR_RUN_PAGES	4

extern const char fuzz_guest_start[], fuzz_guest_entry[], fuzz_guest_end[];

static const struct round *round_;
static atomic_int fds[NR_KINDS][PER_KIND];
static char *ram, *code;		/* private; FUZZ_RAM_SIZE, a few pages */
static char *shared;			/* of memfd, FUZZ_RAM_SIZE */
static int memfd, friend;		/* of the process that gets fds */
static struct kvm_run *_Atomic run_pages[NR_RUN_PAGES];
static volatile sig_atomic_t over;

static __thread sigjmp_buf recover;
static __thread volatile sig_atomic_t armed;

/* --- numbers ---------------------------------------------------------------------- */

struct rng rng_from(uint64_t seed, uint64_t salt)
{
	struct rng r = { (seed + salt * 0x9e3779b97f4a7c15) | 1 };

	for (int i = 0; i < 8; i++)
		rnd(&r);
	return r;
}

uint64_t rnd(struct rng *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1d;
}

uint64_t below(struct rng *r, uint64_t n)
{
	return (rnd(r) >> 11) % n;
}

bool one_in(struct rng *r, uint64_t n)
{
	return !below(r, n);
}

uint64_t odd_number(struct rng *r)
{
	return (1ull << below(r, 64)) + below(r, 3) - 1;
}

/* --- what there is ------------------------------------------------------------------ */

int fuzz_fd(struct rng *r, enum kind kind)
{
	if (one_in(r, 64))
		return ANY(r, -1, ~0u >> 1, 0, below(r, 64));
	return atomic_load(&fds[kind][below(r, PER_KIND)]);
}

void fuzz_keep(struct rng *r, enum kind kind, int fd)
{
	unsigned int at = below(r, PER_KIND);

	/* A free place first. */
	for (unsigned int i = 0; i < PER_KIND && atomic_load(&fds[kind][at]) >= 0; i++)
		at = (at + 1) % PER_KIND;
	fd = atomic_exchange(&fds[kind][at], fd);
	if (fd >= 0)
		close(fd);
}

uint64_t fuzz_address(struct rng *r)
{
	uint64_t offset = below(r, FUZZ_RAM_SIZE / FUZZ_PAGE) * FUZZ_PAGE;

	switch (below(r, 10)) {
	case 0:
		return ANY(r, 0, 1, ~0ull, 0xffff000000000000, 0xffff800000000000,
			   0x0000fffffffff000, 1ull << 47);
	case 1:
		return (uintptr_t)code;
	case 2:
		return (uintptr_t)atomic_load(&run_pages[below(r, NR_RUN_PAGES)]);
	case 3:
		return (uintptr_t)shared + offset;
	case 4:
		return (uintptr_t)ram + offset + FUZZ_PAGE - below(r, 32);
	case 5:
		return (uintptr_t)ram;
	default:
		return (uintptr_t)ram + offset;
	}
}

static int safe(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, SAFE_FD);

	close(fd);
	return high;
}

/* --- a VM that works, to begin with --------------------------------------------------- */

static void set_reg(int vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	ioctl(vcpu, KVM_SET_ONE_REG, &reg);
}

static void set_x(int vcpu, unsigned int n, uint64_t value)
{
	set_reg(vcpu, KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		(KVM_REG_ARM_CORE_REG(regs.regs[0]) + 2 * n), value);
}

static void set_attr(int device, unsigned int group, uint64_t attr, uint64_t value)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (uintptr_t)&value };

	ioctl(device, KVM_SET_DEVICE_ATTR, &a);
}

static void give_memory(int vm)
{
	struct kvm_userspace_memory_region region[] = {
		{ 0, 0, FUZZ_CODE, fuzz_guest_end - fuzz_guest_start, (uintptr_t)code },
		{ 1, 0, FUZZ_RAM, FUZZ_RAM_SIZE, (uintptr_t)ram },
		{ 2, 0, FUZZ_RAM + FUZZ_RAM_SIZE, FUZZ_RAM_SIZE, (uintptr_t)shared },
	};

	for (unsigned int i = 0; i < 3; i++)
		ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region[i]);
}

static void map_run_page(struct rng *r, int vcpu)
{
	void *page = mmap(NULL, FUZZ_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	if (page == MAP_FAILED)
		return;
	page = atomic_exchange(&run_pages[below(r, NR_RUN_PAGES)], page);
	if (page)
		munmap(page, FUZZ_PAGE);
}

static void start_vcpu(struct rng *r, int vm, unsigned int id)
{
	struct kvm_vcpu_init init = { .target = KVM_ARM_TARGET_GENERIC_V8 };
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, id);

	if (vcpu < 0)
		return;
	init.features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2;
	ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
	set_reg(vcpu, KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		KVM_REG_ARM_CORE_REG(regs.pc),
		one_in(r, 4) ? FUZZ_RAM : FUZZ_CODE + (fuzz_guest_entry - fuzz_guest_start));
	set_reg(vcpu, ARM64_SYS_REG(3, 0, 12, 0, 0), FUZZ_CODE);	/* VBAR_EL1 */
	for (unsigned int n = 0; n < 31; n++)
		set_x(vcpu, n, ANY(r, FUZZ_RAM, FUZZ_MMIO, FUZZ_GICD, rnd(r)));
	set_x(vcpu, 19, FUZZ_RAM);
	set_x(vcpu, 20, rnd(r));
	set_x(vcpu, 21, 2 * FUZZ_RAM_SIZE - 8);
	set_x(vcpu, 22, FUZZ_GICD);
	set_x(vcpu, 23, FUZZ_GICC);
	set_x(vcpu, 24, FUZZ_MMIO);
	map_run_page(r, vcpu);
	fuzz_keep(r, VCPU, vcpu);
}

static void start_vm(struct rng *r)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	struct hvk_vm_para para = { .flags = HVK_PARA_TO_VMM };
	unsigned int vcpus = 1 + below(r, 3);
	int vm = ioctl(fuzz_fd(r, SYSTEM), KVM_CREATE_VM, 0);
	bool gic = !one_in(r, 4);

	if (vm < 0)
		return;
	give_memory(vm);
	if (one_in(r, 2))
		ioctl(vm, HVK_VM_PARA, &para);
	if (gic)
		gic = !ioctl(vm, KVM_CREATE_DEVICE, &device);
	for (unsigned int i = 0; i < vcpus; i++)
		start_vcpu(r, vm, i);
	if (gic) {
		set_attr(device.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST,
			 FUZZ_GICD);
		set_attr(device.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU,
			 FUZZ_GICC);
		set_attr(device.fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0);
		fuzz_keep(r, VGIC, device.fd);
	}
	fuzz_keep(r, VM, vm);
}

/* --- what is done ------------------------------------------------------------------------ */

/* Into the guest's memory, also where nothing can be written any more. */
static void scribble(struct rng *r)
{
	uint64_t words[64];
	struct iovec from = { words, sizeof(words) };
	struct iovec to = { ram + below(r, FUZZ_RAM_SIZE - sizeof(words)), sizeof(words) };

	for (unsigned int i = 0; i < 64; i++)
		words[i] = rnd(r);
	process_vm_writev(getpid(), &from, 1, &to, 1, 0);
}

static void restore_code(struct rng *r)
{
	struct iovec from = { (void *)fuzz_guest_start, fuzz_guest_end - fuzz_guest_start };
	struct iovec to = { code, from.iov_len };

	(void)r;
	process_vm_writev(getpid(), &from, 1, &to, 1, 0);
}

static void write_run_page(struct rng *r)
{
	struct kvm_run *run = atomic_load(&run_pages[below(r, NR_RUN_PAGES)]);

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
	char *base = one_in(r, 3) ? shared : ram;
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
		mmap(base + offset, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memfd,
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
		ftruncate(memfd, one_in(r, 2) ? (off_t)FUZZ_RAM_SIZE : (off_t)offset);
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
	int fd;

	if (kind == SYSTEM && !one_in(r, 8))
		return;
	fd = atomic_exchange(&fds[kind][below(r, PER_KIND)], -1);
	if (fd >= 0)
		close(fd);
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
		map_run_page(r, fuzz_fd(r, VCPU));
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

static void give_away(struct rng *r)
{
	int fd = fuzz_fd(r, below(r, NR_KINDS));
	char byte = 0, control[CMSG_SPACE(sizeof(fd))] = {};
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	sendmsg(friend, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void pin(struct rng *r)
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
	{ 4, give_away },
	{ 4, pin },
	{ 2, start_vm },
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
			pin(&r);
		if (ioctl(fuzz_fd(&r, VCPU), KVM_RUN, 0) < 0 && one_in(&r, 8))
			sched_yield();
		if (one_in(&r, 256))
			start_vm(&r);
	}
	return NULL;
}

/* --- the friend: another process that is given fds ---------------------------------------- */

static int receive(int from)
{
	int fd = -1;
	char byte, control[CMSG_SPACE(sizeof(fd))];
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;

	if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) <= 0)
		return -2;
	header = CMSG_FIRSTHDR(&message);
	if (header)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* Uses them, and has the last of them a little longer than the VMs' own process. */
static void be_friend(int from)
{
	struct rng r = rng_from(round_->seed, 1000);
	int last[16];
	unsigned int n = 0;

	memset(last, 0xff, sizeof(last));
	for (;;) {
		int fd = receive(from);

		if (fd == -2)
			break;
		fuzz_ioctl_on(&r, fd);
		/* A mapping outlives its fd. */
		if (one_in(&r, 4))
			mmap(NULL, FUZZ_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(last[n % 16]);
		last[n++ % 16] = fd;
	}
	for (n = 0; n < 256; n++)
		fuzz_ioctl_on(&r, last[below(&r, 16)]);
	_exit(0);
}

static void make_friend(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		_exit(1);
	switch (fork()) {
	case -1:
		_exit(1);
	case 0:
		close(pair[0]);
		be_friend(pair[1]);
	}
	close(pair[1]);
	friend = safe(pair[0]);
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
	size_t size = fuzz_guest_end - fuzz_guest_start;

	for (unsigned int k = 0; k < NR_KINDS; k++)
		for (unsigned int i = 0; i < PER_KIND; i++)
			fds[k][i] = -1;
	memfd = safe(memfd_create("fuzz", MFD_CLOEXEC));
	if (memfd < 0 || ftruncate(memfd, FUZZ_RAM_SIZE))
		_exit(1);
	shared = mmap(NULL, FUZZ_RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	ram = mmap(NULL, FUZZ_RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		   0);
	code = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || ram == MAP_FAILED || code == MAP_FAILED)
		_exit(1);
	restore_code(r);
	open_more(r);
	open_more(r);
	start_vm(r);
	if (one_in(r, 2))
		start_vm(r);
}

_Noreturn void fuzz_round(const struct round *round)
{
	pthread_t threads[WORKERS + RUNNERS];
	struct rng r = rng_from(round->seed, 0);

	round_ = round;
	if (round->unprivileged)
		become_nobody(round->gid);
	set_handlers();
	make_friend();
	prepare(&r);
	for (uintptr_t i = 0; i < WORKERS + RUNNERS; i++)
		if (pthread_create(&threads[i], NULL, i < WORKERS ? work : run, (void *)(i + 1)))
			_exit(1);
	/* Nobody stays in a call for long. */
	alarm_ms(round->ms);
	while (!over) {
		usleep(KICK_US);
		for (unsigned int i = 0; i < WORKERS + RUNNERS; i++)
			pthread_kill(threads[i], SIGUSR1);
	}
	_exit(0);
}
