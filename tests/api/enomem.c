// SPDX-License-Identifier: GPL-2.0-only
/*
 * enomem - the first, the second, ... allocation of a VM's life fails, or copy from or
 * to its memory: the call says so, and nothing stays behind. For the debug host.
 *
 *   enomem /dev/hvk	a line; exit status 1 if something stayed behind
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uapi/hvk.h"
#include "vm.h"

#define RAM	0x40000000ull
#define SIZE	(4ull << 20)
#define STATE	"/sys/kernel/debug/hvk/state"
#define LIMIT	5000	/* more allocations than a VM's life has */

static char *mem;
static int fail_nth;	/* the last file that stays open */

/* Every fault that allows it is injected: also where the caller could wait. */
static void set_up(void)
{
	static const char *const settings[][2] = {
		{ "failslab/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/min-order", "0" },
		{ "failslab/verbose", "0" },
		{ "fail_page_alloc/verbose", "0" },
		{ "fail_usercopy/verbose", "0" },
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		char path[200];
		int fd;

		snprintf(path, sizeof(path), "/sys/kernel/debug/%s", settings[i][0]);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, settings[i][1], 1) != 1)
			die(path);
		close(fd);
	}
}

static void arm(unsigned int n)
{
	char text[16];

	int len = snprintf(text, sizeof(text), "%u", n);

	/* Copies from this process's memory itself. */
	if (pwrite(fail_nth, text, len, 0) < 0 &&
	    pwrite(fail_nth, text, len, 0) < 0)
		die("fail-nth");
}

/* What is left of n: 0 if the fault was injected, or none was asked for. */
static unsigned int left(void)
{
	char text[16] = "";

	/* This copy was the n-th. */
	if (pread(fail_nth, text, sizeof(text) - 1, 0) < 0)
		return 1;
	return strtoul(text, NULL, 10);
}

struct life {
	int vm, vcpu, gic, event, channel;
	void *run;
};

/* Each of a VM's calls that allocates; errno of the first that fails, or 0. */
static int live(struct life *l, int system)
{
	struct kvm_vcpu_init init = { .target = KVM_ARM_TARGET_GENERIC_V8 };
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	uint64_t addr = 0x08000000;
	struct kvm_device_attr attr = {
		.group = KVM_DEV_ARM_VGIC_GRP_ADDR,
		.attr = KVM_VGIC_V2_ADDR_TYPE_DIST,
		.addr = (uintptr_t)&addr,
	};
	struct kvm_userspace_memory_region region = {
		.slot = 0,
		.flags = KVM_MEM_LOG_DIRTY_PAGES,
		.guest_phys_addr = RAM,
		.memory_size = SIZE,
		.userspace_addr = (uintptr_t)mem,
	};
	struct kvm_irqfd irqfd = { .gsi = 3 };
	struct kvm_ioeventfd ioeventfd = { .addr = 0x09000000, .len = 4 };
	struct kvm_irq_routing *routing = calloc(1, sizeof(*routing) +
						 sizeof(struct kvm_irq_routing_entry));
	struct kvm_one_reg pc = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		      KVM_REG_ARM_CORE_REG(regs.pc),
	};
	uint64_t start = RAM;
	int err = 0;

	pc.addr = (uintptr_t)&start;
	routing->nr = 1;
	routing->entries[0].gsi = 3;
	routing->entries[0].type = KVM_IRQ_ROUTING_IRQCHIP;
	routing->entries[0].u.irqchip.pin = 3;
#define STEP(call) do { if ((call) < 0) { err = errno; goto out; } } while (0)
	STEP(l->channel = ioctl(system, HVK_CREATE_CHANNEL, 0));
	STEP(l->vm = ioctl(system, KVM_CREATE_VM, 0));
	STEP(l->vcpu = ioctl(l->vm, KVM_CREATE_VCPU, 0));
	STEP(ioctl(l->vcpu, KVM_ARM_VCPU_INIT, &init));
	STEP(ioctl(l->vm, KVM_CREATE_DEVICE, &dev));
	l->gic = dev.fd;
	STEP(ioctl(l->gic, KVM_SET_DEVICE_ATTR, &attr));
	attr.attr = KVM_VGIC_V2_ADDR_TYPE_CPU;
	addr = 0x08010000;
	STEP(ioctl(l->gic, KVM_SET_DEVICE_ATTR, &attr));
	attr.group = KVM_DEV_ARM_VGIC_GRP_CTRL;
	attr.attr = KVM_DEV_ARM_VGIC_CTRL_INIT;
	STEP(ioctl(l->gic, KVM_SET_DEVICE_ATTR, &attr));
	STEP(ioctl(l->vm, KVM_SET_USER_MEMORY_REGION, &region));
	STEP(l->event = eventfd(0, EFD_CLOEXEC));
	irqfd.fd = l->event;
	STEP(ioctl(l->vm, KVM_IRQFD, &irqfd));
	ioeventfd.fd = l->event;
	STEP(ioctl(l->vm, KVM_IOEVENTFD, &ioeventfd));
	STEP(ioctl(l->vm, KVM_SET_GSI_ROUTING, routing));
	STEP(ioctl(l->vcpu, KVM_SET_ONE_REG, &pc));
	l->run = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, l->vcpu, 0);
	if (l->run == MAP_FAILED) {
		l->run = NULL;
		err = errno;
		goto out;
	}
	/* Ends at the first store, to no memory: b . + 4; str x0, [x1] */
	STEP(ioctl(l->vcpu, KVM_RUN, 0));
	if (((struct kvm_run *)l->run)->exit_reason != KVM_EXIT_MMIO)
		err = EPROTO;
out:
	free(routing);
	return err;
}

static void end(struct life *l)
{
	int fds[] = { l->event, l->gic, l->vcpu, l->vm, l->channel };

	/* Needs memory itself: the second time there is some. */
	if (l->run && munmap(l->run, 4096))
		munmap(l->run, 4096);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	/* A device whose number could not be told is the process's all the same. */
	close_range(fail_nth + 1, ~0u, 0);
}

static void read_state(char *text, size_t room)
{
	int fd = open(STATE, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, room - 1);

	if (n < 0)
		die(STATE);
	text[n] = 0;
	close(fd);
}

int main(int argc, char **argv)
{
	static const uint32_t code[] = {
		0x58000041,	/* ldr	x1, . + 8 */
		0xf9000020,	/* str	x0, [x1] */
		0x0b000000, 0,	/* an address that nobody has */
	};
	char before[1024], after[1024];
	int system = open(argc > 1 ? argv[1] : "/dev/hvk", O_RDWR | O_CLOEXEC);
	unsigned int n, failed = 0;

	if (system < 0)
		die("open");
	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (mem == MAP_FAILED || fail_nth < 0)
		die("fail-nth");
	memcpy(mem, code, sizeof(code));
	set_up();
	read_state(before, sizeof(before));
	for (n = 1; n < LIMIT; n++) {
		struct life l = { -1, -1, -1, -1, -1, NULL };
		unsigned int rest;
		int err;

		arm(n);
		err = live(&l, system);
		end(&l);
		rest = left();
		arm(0);
		read_state(after, sizeof(after));
		if (strcmp(before, after)) {
			printf("not ok enomem fault %u (%s) left behind:\n%s", n,
			       strerror(err), after);
			return 1;
		}
		if (rest) {	/* there was no n-th */
			if (err) {
				printf("not ok enomem without a fault: %s\n", strerror(err));
				return 1;
			}
			break;
		}
		failed += err != 0;
		if (err && err != ENOMEM && err != EFAULT) {
			printf("not ok enomem fault %u: %s\n", n, strerror(err));
			return 1;
		}
	}
	printf("%u faults, %u calls that failed\n", n - 1, failed);
	if (n == LIMIT || failed < 10) {
		printf("not ok enomem nothing to fail\n");
		return 1;
	}
	printf("ok enomem\n");
	return 0;
}
