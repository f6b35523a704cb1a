// SPDX-License-Identifier: GPL-2.0-only
/*
 * stuck - a VM whose memory never comes: its guest RAM is a userfaultfd's that
 * nobody answers. It may hang itself, nobody else, and a SIGKILL ends it.
 *
 *   stuck DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The first ones hold on /dev/kvm as well. There an ioeventfd waits for its own VM's
 * memory, and there are no schedules.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gic.h"
#include "suite.h"
#include "uapi/hvk.h"

#define MEMORY		0x40000000ull
#define SIZE		(2ul << 20)
#define DOORBELL	0x0a000000ull

/* A hang has no end; a machine that is busy is slow. */
#define PATIENCE_MS	60000

/* --- the VM that is stuck, a process ---------------------------------------------- */

static void must_irqfd(struct vm *vm, int fd, unsigned int flags, int resample)
{
	errno = irqfd(vm, fd, GSI, flags, resample);
	if (errno)
		die("KVM_IRQFD");
}

static void ioeventfd(struct vm *vm, int fd, unsigned int flags)
{
	struct kvm_ioeventfd args = {
		.fd = fd,
		.addr = DOORBELL,
		.len = 4,
		.flags = flags,
	};

	if (ioctl(vm->fd, KVM_IOEVENTFD, &args))
		die("KVM_IOEVENTFD");
}

/* Memory whose first touch waits for whoever reads the descriptor. */
static void *never_there(int *uffd)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	void *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	range.range.start = (uintptr_t)memory;
	range.range.len = SIZE;
	if (memory == MAP_FAILED || *uffd < 0 || ioctl(*uffd, UFFDIO_API, &api) ||
	    ioctl(*uffd, UFFDIO_REGISTER, &range))
		die("userfaultfd");
	return memory;
}

static void *touch(void *vm)
{
	vm_load(vm, MEMORY);
	return NULL;	/* not before it is killed */
}

static void tell(int fd)
{
	if (write(fd, "", 1) != 1)
		die("write");
}

/* The fault is there: whoever touched the memory waits for it. */
static void await_fault(int uffd)
{
	struct uffd_msg message;

	if (read(uffd, &message, sizeof(message)) != sizeof(message))
		die("read from a userfaultfd");
}

static void start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	if (pthread_create(thread, NULL, run, arg))
		die("pthread_create");
}

/* A vCPU waits within KVM_RUN; then what the caller does is told twice. */
struct stuck {
	struct vm vm;
	int closed, taken, bell;
};

static void stick(struct stuck *s)
{
	pthread_t thread;
	int uffd;

	s->closed = new_fd();
	s->taken = new_fd();
	s->bell = new_fd();
	with_gic(&s->vm);
	vm_slot(&s->vm, 1, 0, MEMORY, SIZE, never_there(&uffd));
	must_irqfd(&s->vm, s->closed, 0, 0);
	must_irqfd(&s->vm, s->taken, KVM_IRQFD_FLAG_RESAMPLE, new_fd());
	ioeventfd(&s->vm, s->bell, 0);
	start(&thread, touch, &s->vm);
	await_fault(uffd);
}

static void drop_irqfds(int progress)
{
	struct stuck s;

	stick(&s);
	close(s.closed);
	tell(progress);
	must_irqfd(&s.vm, s.taken, KVM_IRQFD_FLAG_DEASSIGN, 0);
	tell(progress);
}

static void drop_ioeventfd(int progress)
{
	struct stuck s;

	stick(&s);
	tell(progress);
	ioeventfd(&s.vm, s.bell, KVM_IOEVENTFD_FLAG_DEASSIGN);
	tell(progress);
}

struct reader {
	int fd;
	void *memory;
};

static void *read_trace(void *arg)
{
	struct reader *r = arg;

	while (read(r->fd, r->memory, SIZE) < 0 && errno == EAGAIN)
		poll(NULL, 0, 1);
	return NULL;
}

/* Nobody has to wait for who reads a schedule's trace. */
static void stop_schedule(int progress)
{
	struct hvk_frame frame = {
		.size = sizeof(frame),
		.major_ns = 1000000,
		.nr_windows = 1,
		.window = { { 0, 0, 0, 500000 } },
	};
	struct hvk_frame_start at_once = {};
	struct reader r;
	pthread_t thread;
	int uffd;

	r.memory = never_there(&uffd);
	r.fd = ioctl(system_fd, HVK_CREATE_FRAME, &frame);
	if (r.fd < 0 || ioctl(r.fd, HVK_FRAME_START, &at_once))
		die("HVK_CREATE_FRAME");
	start(&thread, read_trace, &r);
	await_fault(uffd);
	tell(progress);
	if (ioctl(r.fd, HVK_FRAME_STOP, 0))
		die("HVK_FRAME_STOP");
	tell(progress);
}

static void nothing(int sig)
{
	(void)sig;
}

/* A signal comes first. */
static void *interrupted(void *arg)
{
	struct vm *vm = arg;
	struct result r = vm_load(vm, MEMORY);

	if (r.how != ERROR || r.value != EINTR ||
	    vm->run->exit_reason != KVM_EXIT_INTR)
		die("KVM_RUN, interrupted");
	return NULL;
}

/* RUN ends with EINTR though the page has not come; when it has, the guest goes on. */
static void obey_signals(int progress)
{
	struct sigaction action = { .sa_handler = nothing };
	struct uffdio_zeropage page = { .range.len = SIZE };
	pthread_t thread;
	struct result r;
	struct vm vm;
	int uffd;

	if (sigaction(SIGUSR1, &action, NULL))
		die("sigaction");
	vm_open(&vm, system_fd);
	page.range.start = (uintptr_t)never_there(&uffd);
	vm_slot(&vm, 1, 0, MEMORY, SIZE, (void *)(uintptr_t)page.range.start);
	start(&thread, interrupted, &vm);
	await_fault(uffd);
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	tell(progress);
	if (ioctl(uffd, UFFDIO_ZEROPAGE, &page))
		die("UFFDIO_ZEROPAGE");
	r = vm_load(&vm, MEMORY);
	if (r.how != DONE || r.value)
		die("KVM_RUN, answered");
	tell(progress);
}

/* --- who watches ------------------------------------------------------------------- */

static bool comes(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	return poll(&poller, 1, PATIENCE_MS) == 1;
}

static bool told(int fd)
{
	char byte;

	return comes(fd) && read(fd, &byte, 1) == 1;
}

/* All of it is gone, the VM with its files. */
static bool ends(pid_t pid, int pidfd)
{
	return comes(pidfd) && waitpid(pid, NULL, 0) == pid;
}

static int pidfd_of(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		die("pidfd_open");
	return fd;
}

static pid_t start_stuck(void (*run)(int progress), int *progress)
{
	int ends_of[2];
	pid_t pid;

	if (pipe2(ends_of, O_CLOEXEC))
		die("pipe2");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(ends_of[0]);
		run(ends_of[1]);
		for (;;)
			pause();
	}
	close(ends_of[1]);
	*progress = ends_of[0];
	return pid;
}

/* A VM with irqfds of each kind that begins and ends. */
static pid_t start_other(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		int fd = new_fd(), closed = new_fd(), taken = new_fd();
		struct vm vm;

		with_gic(&vm);
		must_irqfd(&vm, fd, KVM_IRQFD_FLAG_RESAMPLE, new_fd());
		must_irqfd(&vm, closed, 0, 0);
		must_irqfd(&vm, taken, 0, 0);
		close(closed);
		must_irqfd(&vm, taken, KVM_IRQFD_FLAG_DEASSIGN, 0);
		_exit(0);
	}
	return pid;
}

/*
 * Kills the process that is stuck, which releases whatever hung with it, so that
 * a test that failed leaves nothing behind.
 */
static bool kill_stuck(pid_t pid)
{
	int pidfd = pidfd_of(pid);
	bool ended;

	kill(pid, SIGKILL);
	ended = ends(pid, pidfd);
	close(pidfd);
	return ended;
}

static bool another_vm_ends(void)
{
	int progress, pidfd;
	pid_t stuck = start_stuck(drop_irqfds, &progress), other;
	bool is_stuck = told(progress), other_ended, ended;

	other = start_other();
	pidfd = pidfd_of(other);
	other_ended = ends(other, pidfd);
	ended = kill_stuck(stuck);
	if (!other_ended)
		waitpid(other, NULL, 0);
	close(pidfd);
	close(progress);
	CHECK(is_stuck);
	CHECK(other_ended);
	CHECK(ended);
	return true;
}

/* Both steps are told, and then it can be killed. */
static bool goes_on(void (*run)(int progress))
{
	int progress;
	pid_t stuck = start_stuck(run, &progress);
	bool first = told(progress), second = first && told(progress);
	bool ended = kill_stuck(stuck);

	close(progress);
	CHECK(first);
	CHECK(second);
	CHECK(ended);
	return true;
}

static bool own_irqfds_go(void)
{
	return goes_on(drop_irqfds);
}

static bool own_ioeventfds_go(void)
{
	return goes_on(drop_ioeventfd);
}

static bool schedules_stop(void)
{
	return goes_on(stop_schedule);
}

static bool signals_are_obeyed(void)
{
	return goes_on(obey_signals);
}

/* Linux 6.2 and later let a wait for a page be interrupted. */
static bool kernel_interrupts(void)
{
	unsigned int major, minor;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		die("uname");
	return major > 6 || (major == 6 && minor >= 2);
}

static const struct test tests[] = {
	{ "another-vm-ends", another_vm_ends },
	{ "own-irqfds-go", own_irqfds_go },
	/* From here on not on KVM. */
	{ "own-ioeventfds-go", own_ioeventfds_go },
	{ "schedules-stop", schedules_stop },
	/* The last one: not on an old kernel. */
	{ "signals-are-obeyed", signals_are_obeyed },
};

#define NR_ON_KVM	2

int main(int argc, char **argv)
{
	size_t nr = sizeof(tests) / sizeof(tests[0]);

	if (argc > 1 && strcmp(argv[1], "/dev/hvk"))
		nr = NR_ON_KVM;
	else if (!kernel_interrupts())
		nr--;
	return suite_main(argc, argv, tests, nr, NULL, NULL);
}
