// SPDX-License-Identifier: GPL-2.0-only
/*
 * suspend - a guest that suspends its system, and a VMM that suspends a vCPU.
 *
 *   suspend DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include "gic.h"
#include "suite.h"

#define PSCI_FEATURES	0x8400000aull
#define SUSPEND32	0x8400000eull
#define SUSPEND64	0xc400000eull
#define NOT_SUPPORTED	0xffffffffffffffffull

#define CNTV_CVAL	KVM_REG_ARM_TIMER_CVAL
#define CNTV_CTL	KVM_REG_ARM_TIMER_CTL
#define VTIMER_PPI	27

static struct vm vm;

static bool enable(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_ARM_SYSTEM_SUSPEND };

	CHECK(ioctl(system_fd, KVM_CHECK_EXTENSION,
		    KVM_CAP_ARM_SYSTEM_SUSPEND) == 1);
	CHECK(!ioctl(vm.fd, KVM_ENABLE_CAP, &cap));
	return true;
}

static bool features_are(uint64_t fn, uint64_t answer)
{
	uint64_t x[4] = { PSCI_FEATURES, fn };

	EXPECT(vm_hvc(&vm, x), DONE, answer);
	return true;
}

static int set_state(uint32_t state)
{
	struct kvm_mp_state mp = { .mp_state = state };

	return try(vm.vcpu, KVM_SET_MP_STATE, &mp);
}

static bool state_is(uint32_t state)
{
	struct kvm_mp_state mp = {};

	CHECK(!ioctl(vm.vcpu, KVM_GET_MP_STATE, &mp));
	if (mp.mp_state != state)
		return fail("state %u instead of %u", mp.mp_state, state);
	return true;
}

/* KVM_RUN ends with this system event. */
static bool event(uint32_t type)
{
	if (ioctl(vm.vcpu, KVM_RUN, 0))
		return fail("KVM_RUN: %s", strerror(errno));
	if (vm.run->exit_reason != KVM_EXIT_SYSTEM_EVENT ||
	    vm.run->system_event.type != type)
		return fail("exit %u, event %u", vm.run->exit_reason,
			    vm.run->system_event.type);
	return true;
}

/* KVM_RUN goes on, to the store that ends a step. */
static bool done(uint64_t x0)
{
	if (ioctl(vm.vcpu, KVM_RUN, 0))
		return fail("KVM_RUN: %s", strerror(errno));
	CHECK(vm.run->exit_reason == KVM_EXIT_MMIO);
	CHECK(vm.run->mmio.phys_addr == DONE_IPA);
	CHECK(!memcmp(vm.run->mmio.data, &x0, 8));
	/* The store ends with the next RUN: this one. */
	vm.run->immediate_exit = 1;
	CHECK(ioctl(vm.vcpu, KVM_RUN, 0) && errno == EINTR);
	vm.run->immediate_exit = 0;
	return true;
}

/* --- the tests --------------------------------------------------------------- */

static bool not_enabled(void)
{
	uint64_t x[4] = { SUSPEND64 };

	SHOULD(features_are(SUSPEND32, NOT_SUPPORTED));
	SHOULD(features_are(SUSPEND64, NOT_SUPPORTED));
	EXPECT(vm_hvc(&vm, x), DONE, NOT_SUPPORTED);
	return true;
}

/* The call's arguments are in the registers, and its answer is the VMM's. */
static bool call(uint64_t fn, uint64_t entry)
{
	uint64_t x[4] = { fn, 0x1122334455667788, 0x99aabbccddeeff00, 3 };
	struct result r = vm_hvc(&vm, x);

	CHECK(r.how == OTHER && r.value == KVM_EXIT_SYSTEM_EVENT);
	CHECK(vm.run->system_event.type == KVM_SYSTEM_EVENT_SUSPEND);
	CHECK(x[0] == fn && x[1] == entry);
	SHOULD(state_is(KVM_MP_STATE_RUNNABLE));
	vm_set_reg(&vm, REG_X(0), 42);
	vm_set_reg(&vm, REG_X(4), DONE_IPA);
	return done(42);
}

static bool calls(void)
{
	SHOULD(enable());
	SHOULD(features_are(SUSPEND32, 0));
	SHOULD(features_are(SUSPEND64, 0));
	SHOULD(call(SUSPEND64, 0x1122334455667788));
	SHOULD(call(SUSPEND32, 0x55667788));
	return true;
}

static bool states(void)
{
	SHOULD(state_is(KVM_MP_STATE_RUNNABLE));
	ERRNO(set_state(KVM_MP_STATE_SUSPENDED), 0);
	SHOULD(state_is(KVM_MP_STATE_SUSPENDED));
	ERRNO(set_state(KVM_MP_STATE_STOPPED), 0);
	SHOULD(state_is(KVM_MP_STATE_STOPPED));
	ERRNO(set_state(KVM_MP_STATE_SUSPENDED), 0);
	ERRNO(set_state(KVM_MP_STATE_HALTED), EINVAL);
	SHOULD(state_is(KVM_MP_STATE_SUSPENDED));
	ERRNO(set_state(KVM_MP_STATE_RUNNABLE), 0);
	EXPECT(vm_load(&vm, GICC + 0x100000), MMIO_READ, 0);
	return true;
}

static void nothing(int signal)
{
	(void)signal;
}

/* Nothing to wake it: a signal ends RUN, and not the suspension. */
static bool asleep(void)
{
	struct sigaction action = { .sa_handler = nothing };
	struct itimerval soon = { .it_value = { 0, 100000 } };

	sigaction(SIGALRM, &action, NULL);
	ERRNO(set_state(KVM_MP_STATE_SUSPENDED), 0);
	CHECK(!setitimer(ITIMER_REAL, &soon, NULL));
	CHECK(ioctl(vm.vcpu, KVM_RUN, 0) && errno == EINTR);
	CHECK(vm.run->exit_reason == KVM_EXIT_INTR);
	SHOULD(state_is(KVM_MP_STATE_SUSPENDED));
	return true;
}

static bool woken(void)
{
	/* Both interfaces on, the virtual timer's PPI through. */
	EXPECT(vm_store32(&vm, GICD, 1), DONE, 1);
	EXPECT(vm_store32(&vm, GICD + 0x100, 1u << VTIMER_PPI), DONE,
	       1u << VTIMER_PPI);
	EXPECT(vm_store32(&vm, GICC + 4, 0xf0), DONE, 0xf0);
	EXPECT(vm_store32(&vm, GICC, 1), DONE, 1);
	/* It fires in 10 ms, while the vCPU sleeps. */
	vm_set_reg(&vm, CNTV_CVAL,
		   vm_get_reg(&vm, KVM_REG_ARM_TIMER_CNT) + 625000);
	vm_set_reg(&vm, CNTV_CTL, 1);
	vm_set_reg(&vm, REG_X(0), 7);
	ERRNO(set_state(KVM_MP_STATE_SUSPENDED), 0);
	SHOULD(event(KVM_SYSTEM_EVENT_WAKEUP));
	SHOULD(state_is(KVM_MP_STATE_SUSPENDED));
	/* It lasts until the VMM ends it. */
	SHOULD(event(KVM_SYSTEM_EVENT_WAKEUP));
	ERRNO(set_state(KVM_MP_STATE_RUNNABLE), 0);
	EXPECT(vm_load(&vm, GICC + 0x100000), MMIO_READ, 0);
	return true;
}

static const struct test tests[] = {
	{ "not-enabled", not_enabled },
	{ "calls", calls },
	{ "states", states },
	{ "asleep", asleep },
	{ "woken", woken },
};

static void before(void)
{
	vm_features = 1u << KVM_ARM_VCPU_PSCI_0_2;
	vm_open(&vm, system_fd);
	vm_gic(&vm, GICD, GICC);
}

static void after(void)
{
	vm_close(&vm);
}

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  before, after);
}
