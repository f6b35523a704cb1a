// SPDX-License-Identifier: GPL-2.0-only
/*
 * holders - what holds a VM of KVM, and whether hvk sees it there: while it does,
 * KVM_CREATE_VM of hvk is EBUSY.
 *
 *   holders /dev/hvk [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * A kernel with debugfs sees all of them, mounted or not. One without sees what a
 * descriptor of a process refers to; a VM that it does not see is refused by KVM
 * when it runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define RAM	0x40000000ull
#define SIZE	0x10000ull

static int kvm_fd;

static int kvm_vm(void)
{
	int fd = ioctl(kvm_fd, KVM_CREATE_VM, 0);

	if (fd < 0)
		die("KVM_CREATE_VM");
	return fd;
}

static int kvm_vcpu(int vm)
{
	int fd = ioctl(vm, KVM_CREATE_VCPU, 0);

	if (fd < 0)
		die("KVM_CREATE_VCPU");
	return fd;
}

/* What hvk says: 0 or an errno. */
static int hvk_says(void)
{
	struct vm vm;
	int err = vm_try_open(&vm, system_fd);

	if (!err)
		vm_close(&vm);
	return err;
}

/* The kernel has debugfs, whether or not it is mounted. */
static bool kernel_has_debugfs(void)
{
	FILE *file = fopen("/proc/filesystems", "re");
	char line[100];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, "\tdebugfs\n");
	if (file)
		fclose(file);
	return found;
}

/* What holds a VM may end a little later than who held it: io_uring's files do. */
static bool gone(void)
{
	int err = EBUSY;

	for (int i = 0; i < 60000 && err == EBUSY; i++) {
		usleep(1000);
		err = hvk_says();
	}
	ERRNO(err, 0);
	return true;
}

/* --- descriptors of another process ------------------------------------------------ */

static int ready[2];

/* In the process that holds: it does, from now on. */
static void hold(void)
{
	if (write(ready[1], "x", 1) != 1)
		die("write");
	for (;;)
		pause();
}

/* Seen while that process holds a VM in its way, and not after its end. */
static bool seen_in(void (*holder)(void))
{
	pid_t pid;
	char byte;

	CHECK(!pipe2(ready, O_CLOEXEC));
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		holder();
		_exit(1);
	}
	close(ready[1]);
	CHECK(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	ERRNO(hvk_says(), EBUSY);
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, NULL, 0) == pid);
	return gone();
}

static void vm_holder(void)
{
	kvm_vm();
	hold();
}

static bool process(void)
{
	return seen_in(vm_holder);
}

static void vcpu_holder(void)
{
	int vm = kvm_vm();

	kvm_vcpu(vm);
	close(vm);
	hold();
}

static bool vcpu(void)
{
	return seen_in(vcpu_holder);
}

static void device_holder(void)
{
	struct kvm_create_device gic = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	int vm = kvm_vm();

	if (ioctl(vm, KVM_CREATE_DEVICE, &gic))
		die("KVM_CREATE_DEVICE");
	close(vm);
	hold();
}

static bool device(void)
{
	return seen_in(device_holder);
}

/* Behind all that is open otherwise, in a table of many steps. */
static void high_holder(void)
{
	struct rlimit many = { 1 << 16, 1 << 16 };
	int vm = kvm_vm();

	if (setrlimit(RLIMIT_NOFILE, &many) || dup2(vm, (1 << 16) - 1) < 0)
		die("a high descriptor");
	close(vm);
	hold();
}

static bool high_descriptor(void)
{
	return seen_in(high_holder);
}

static char state_of(pid_t tid)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		die(path);
	fclose(file);
	return state;
}

static void *left_alone(void *unused)
{
	(void)unused;
	while (state_of(getpid()) != 'Z')
		usleep(1000);
	hold();
	return NULL;
}

/* The process's first thread has ended, and has no descriptors any more. */
static void thread_holder(void)
{
	pthread_t thread;

	kvm_vm();
	if (pthread_create(&thread, NULL, left_alone, NULL))
		die("pthread_create");
	pthread_exit(NULL);
}

static bool thread_left(void)
{
	return seen_in(thread_holder);
}

/* --- what no descriptor refers to --------------------------------------------------- */

/* Seen in debugfs alone. */
static bool seen_in_debugfs(void)
{
	ERRNO(hvk_says(), kernel_has_debugfs() ? EBUSY : 0);
	return true;
}

/* The mapped run page. */
static bool mapping(void)
{
	int vm = kvm_vm(), vcpu = kvm_vcpu(vm);
	long size = ioctl(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	void *run = mmap(NULL, size, PROT_READ, MAP_SHARED, vcpu, 0);

	CHECK(run != MAP_FAILED);
	close(vcpu);
	close(vm);
	SHOULD(seen_in_debugfs());
	munmap(run, size);
	return gone();
}

/* A file that io_uring has registered. */
static bool io_uring(void)
{
	struct io_uring_params params = {};
	int vm = kvm_vm(), ring = syscall(SYS_io_uring_setup, 1, &params);

	CHECK(ring >= 0);
	CHECK(!syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &vm, 1));
	close(vm);
	SHOULD(seen_in_debugfs());
	close(ring);
	return gone();
}

union rights {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static void send_fd(int to, int fd)
{
	union rights control = {
		.head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS },
	};
	struct iovec data = { "x", 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (sendmsg(to, &message, 0) != 1)
		die("sendmsg");
}

static int receive_fd(int from)
{
	union rights control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(from, &message, 0) != 1)
		die("recvmsg");
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

/* In flight in a socket, which nobody reads. */
static bool passed_fd(void)
{
	int ends[2], fd = kvm_vm();

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	send_fd(ends[0], fd);
	close(fd);
	SHOULD(seen_in_debugfs());
	close(ends[0]);
	close(ends[1]);
	return gone();
}

static bool runs(struct vm *vm, int system, bool refused)
{
	void *mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct result r;

	CHECK(mem != MAP_FAILED);
	vm_open_vcpu(vm, system);
	vm_slot(vm, 1, 0, RAM, SIZE, mem);
	r = vm_load(vm, RAM);
	if (refused)
		EXPECT(r, OTHER, KVM_EXIT_FAIL_ENTRY);
	else
		EXPECT(r, DONE, 0);
	vm_close(vm);
	munmap(mem, SIZE);
	return true;
}

/*
 * A VM that was not seen: it came back while hvk has EL2. KVM refuses to run it;
 * as hvk's VM works, nothing else is lost.
 */
static bool unseen(void)
{
	struct vm own, other;
	int ends[2];

	if (kernel_has_debugfs())
		return true;
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	other.fd = kvm_vm();
	send_fd(ends[0], other.fd);
	close(other.fd);
	own.fd = ioctl(system_fd, KVM_CREATE_VM, 0);
	CHECK(own.fd >= 0);
	other.fd = receive_fd(ends[1]);
	SHOULD(runs(&other, kvm_fd, true));
	SHOULD(runs(&own, system_fd, false));
	close(ends[0]);
	close(ends[1]);
	other.fd = kvm_vm();
	return runs(&other, kvm_fd, false);
}

static const struct test tests[] = {
	{ "process", process },
	{ "vcpu", vcpu },
	{ "device", device },
	{ "high-descriptor", high_descriptor },
	{ "thread-left", thread_left },
	{ "mapping", mapping },
	{ "io-uring", io_uring },
	{ "passed-fd", passed_fd },
	{ "unseen", unseen },
};

int main(int argc, char **argv)
{
	kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm_fd < 0)
		die("/dev/kvm");
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  NULL, NULL);
}
