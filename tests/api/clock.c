// SPDX-License-Identifier: GPL-2.0-only
/*
 * clock - the counts that a guest reads: ONE_REG and KVM_ARM_SET_COUNTER_OFFSET.
 *
 *   clock DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on a /dev/kvm that has the capability (Linux 6.4).
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "suite.h"

#ifndef KVM_ARM_SET_COUNTER_OFFSET
#define KVM_CAP_COUNTER_OFFSET	227
struct kvm_arm_counter_offset {
	__u64 counter_offset;
	__u64 reserved;
};

#define KVM_ARM_SET_COUNTER_OFFSET \
	_IOW(KVMIO, 0xb5, struct kvm_arm_counter_offset)
#endif

#define RAM		0x40000000ull
#define FLAG		(RAM + 0x800)

/* ARM64_SYS_REG() of CNTPCT_EL0, which is the count's identifier */
#define PTIMER_CNT	ARM64_SYS_REG(3, 3, 14, 0, 1)

/* CNTx_CTL: on, but with its interrupt masked; and when the time has come */
#define CTL_ON		3
#define CTL_DUE		7
#define CTL_UNMASKED	1	/* on, and not due */

/* The guest: called at RAM, or at RAM + SPIN. */
static const uint32_t program[] = {
	0xd5033fdf,	/* isb */
	0xd53be043,	/* mrs x3, cntvct_el0 */
	0xd53be024,	/* mrs x4, cntpct_el0 */
	0xd51be245,	/* msr cntp_cval_el0, x5 */
	0xd51be226,	/* msr cntp_ctl_el0, x6 */
	0xd5033fdf,	/* isb */
	0xd53be227,	/* mrs x7, cntp_ctl_el0 */
	0xd51be345,	/* msr cntv_cval_el0, x5 */
	0xd51be326,	/* msr cntv_ctl_el0, x6 */
	0xd5033fdf,	/* isb */
	0xd53be328,	/* mrs x8, cntv_ctl_el0 */
	0xd65f03c0,	/* ret */
	/* SPIN: */
	0xf9000063,	/* str x3, [x3]	FLAG */
	0x14000000,	/* b . */
};

#define SPIN		(12 * 4)

static struct vm vm;
static char *ram;

/* The host's own count; no kernel of ours gives it an offset. */
static uint64_t now(void)
{
	uint64_t count;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count));
	return count;
}

static int set_offset(uint64_t offset, uint64_t reserved)
{
	struct kvm_arm_counter_offset args = { offset, reserved };

	return try(vm.fd, KVM_ARM_SET_COUNTER_OFFSET, &args);
}

/* What a count is behind the host's, give or take what passes meanwhile. */
static bool behind(const char *what, uint64_t before, uint64_t count,
		   uint64_t after, uint64_t offset)
{
	if (count + offset - before <= after - before)
		return true;
	return fail("%s is %llu behind, not %llu", what,
		    (unsigned long long)(before - count),
		    (unsigned long long)offset);
}

/* Both counts, for the guest and for the VMM. */
static bool offsets_are(struct vm *vm, uint64_t virt, uint64_t phys)
{
	uint64_t before, after;

	vm_set_x(vm, 5, ~0ull);
	vm_set_x(vm, 6, 0);
	before = now();
	EXPECT(vm_call(vm, RAM), DONE, 0);
	after = now();
	if (!behind("CNTVCT", before, vm_get_reg(vm, REG_X(3)), after, virt) ||
	    !behind("CNTPCT", before, vm_get_reg(vm, REG_X(4)), after, phys))
		return false;
	return true;
}

#define OFFSETS(virt, phys)						\
	do {								\
		if (!offsets_are(&vm, virt, phys))			\
			return false;					\
	} while (0)

static bool reads(uint64_t id, uint64_t offset)
{
	uint64_t before = now(), count = vm_get_reg(&vm, id);

	return behind("ONE_REG", before, count, now(), offset);
}

/* --- the tests --------------------------------------------------------------- */

static bool arguments(void)
{
	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	CHECK(ioctl(system_fd, KVM_CHECK_EXTENSION, KVM_CAP_COUNTER_OFFSET) ==
	      1);
	ERRNO(set_offset(0, 1), EINVAL);
	ERRNO(try(vm.fd, KVM_ARM_SET_COUNTER_OFFSET, (void *)8), EFAULT);
	ERRNO(set_offset(0, 0), 0);
	OFFSETS(0, 0);
	return true;
}

/* Each count by itself, as VMMs have always done it. */
static bool one_reg(void)
{
	uint64_t at;

	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	at = now();
	vm_set_reg(&vm, KVM_REG_ARM_TIMER_CNT, 1000);
	CHECK(vm_get_reg(&vm, KVM_REG_ARM_TIMER_CNT) - 1000 <= now() - at);
	vm_set_reg(&vm, PTIMER_CNT, 5ull << 40);
	CHECK(vm_get_reg(&vm, PTIMER_CNT) - (5ull << 40) <= now() - at);
	vm_set_x(&vm, 5, ~0ull);
	vm_set_x(&vm, 6, 0);
	EXPECT(vm_call(&vm, RAM), DONE, 0);
	CHECK(vm_get_reg(&vm, REG_X(3)) - 1000 <= now() - at);
	CHECK(vm_get_reg(&vm, REG_X(4)) - (5ull << 40) <= now() - at);
	return true;
}

static bool offset(void)
{
	uint64_t ahead = -(1ull << 41), late = now() - 1000;

	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	ERRNO(set_offset(ahead, 0), 0);
	OFFSETS(ahead, ahead);
	/* It is the VM's: a vCPU that is initialised again still has it. */
	vm_init(&vm);
	OFFSETS(ahead, ahead);
	ERRNO(set_offset(late, 0), 0);
	OFFSETS(late, late);
	/* Whoever sets it so has no use for the older way. */
	vm_set_reg(&vm, KVM_REG_ARM_TIMER_CNT, 0);
	vm_set_reg(&vm, PTIMER_CNT, 0);
	if (!reads(KVM_REG_ARM_TIMER_CNT, late) || !reads(PTIMER_CNT, late))
		return false;
	OFFSETS(late, late);
	return true;
}

/* The timers compare with the counts that the guest reads. */
static bool timers(void)
{
	uint64_t start = now();

	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	ERRNO(set_offset(start, 0), 0);
	vm_set_x(&vm, 5, start / 2);	/* what the host's has passed already */
	vm_set_x(&vm, 6, CTL_ON);
	EXPECT(vm_call(&vm, RAM), DONE, 0);
	CHECK(vm_get_reg(&vm, REG_X(7)) == CTL_ON);
	CHECK(vm_get_reg(&vm, REG_X(8)) == CTL_ON);
	vm_set_x(&vm, 5, 1);
	EXPECT(vm_call(&vm, RAM), DONE, 0);
	CHECK(vm_get_reg(&vm, REG_X(7)) == CTL_DUE);
	CHECK(vm_get_reg(&vm, REG_X(8)) == CTL_DUE);
	return true;
}

/*
 * A deadline that never comes, for a guest whose count is behind the host's: in the host's
 * count it is beyond the largest number.
 */
static bool never(void)
{
	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	ERRNO(set_offset(now(), 0), 0);
	vm_set_x(&vm, 5, ~0ull);
	vm_set_x(&vm, 6, CTL_UNMASKED);
	for (int i = 0; i < 3; i++)
		EXPECT(vm_call(&vm, RAM), DONE, 0);
	CHECK(vm_get_reg(&vm, REG_X(7)) == CTL_UNMASKED);
	CHECK(vm_get_reg(&vm, REG_X(8)) == CTL_UNMASKED);
	return true;
}

static void nothing(int signal)
{
	(void)signal;
}

static void *spin(void *result)
{
	*(struct result *)result = vm_call(&vm, RAM + SPIN);
	return NULL;
}

static bool busy(void)
{
	volatile uint64_t *flag = (uint64_t *)(ram + (FLAG - RAM));
	struct sigaction action = { .sa_handler = nothing };
	struct result r;
	pthread_t thread;

	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	sigaction(SIGUSR1, &action, NULL);
	*flag = 0;
	vm_set_x(&vm, 3, FLAG);
	CHECK(!pthread_create(&thread, NULL, spin, &r));
	while (!*flag)
		sched_yield();
	ERRNO(set_offset(0, 0), EBUSY);
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	EXPECT(r, ERROR, EINTR);
	ERRNO(set_offset(0, 0), 0);
	return true;
}

static const struct test tests[] = {
	{ "arguments", arguments },
	{ "one-reg", one_reg },
	{ "offset", offset },
	{ "timers", timers },
	{ "never", never },
	{ "busy", busy },
};

static void before(void)
{
	vm_open(&vm, system_fd);
	ram = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ram == MAP_FAILED)
		die("mmap");
	memcpy(ram, program, sizeof(program));
	__builtin___clear_cache(ram, ram + sizeof(program));
	vm_slot(&vm, 1, 0, RAM, 4096, ram);
	vm_set_x(&vm, 0, 0);
}

static void after(void)
{
	vm_close(&vm);
	munmap(ram, 4096);
}

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  before, after);
}
