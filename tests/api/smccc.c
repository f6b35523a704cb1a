// SPDX-License-Identifier: GPL-2.0-only
/*
 * smccc - who answers a guest's SMCCC calls: KVM_ARM_VM_SMCCC_FILTER.
 *
 *   smccc DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on a /dev/kvm that has the attribute (Linux 6.4).
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "suite.h"

#ifndef KVM_CAP_COUNTER_OFFSET
#define KVM_CAP_COUNTER_OFFSET	227	/* Linux 6.4's, too */
#endif
#ifndef KVM_ARM_VM_SMCCC_CTRL
#define KVM_ARM_VM_SMCCC_CTRL	0
#define KVM_ARM_VM_SMCCC_FILTER	0
enum { KVM_SMCCC_FILTER_HANDLE, KVM_SMCCC_FILTER_DENY,
       KVM_SMCCC_FILTER_FWD_TO_USER };

struct kvm_smccc_filter {
	__u32 base;
	__u32 nr_functions;
	__u8 action;
	__u8 pad[15];
};
#endif

#define VERSION_FN	0x84000000u
#define LAST_FN	0x8400001fu
#define ARCH_FEATURES	0x80000001u
#define VENDOR		0xc6000100u
#define NOT_SUPPORTED	0xffffffffffffffffull

static struct vm vm;

static int attr(unsigned long call, uint32_t group, uint64_t which, void *arg)
{
	struct kvm_device_attr a = {
		.group = group, .attr = which, .addr = (uintptr_t)arg,
	};

	return try(vm.fd, call, &a);
}

static int filter(uint32_t base, uint32_t nr, uint8_t action)
{
	struct kvm_smccc_filter f = {
		.base = base, .nr_functions = nr, .action = action,
	};

	return attr(KVM_SET_DEVICE_ATTR, KVM_ARM_VM_SMCCC_CTRL,
		    KVM_ARM_VM_SMCCC_FILTER, &f);
}

/* --- the tests --------------------------------------------------------------- */

static bool arguments(void)
{
	struct kvm_smccc_filter f = { VERSION_FN, 1, 1, { 1 } };

	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	ERRNO(attr(KVM_HAS_DEVICE_ATTR, 0, 0, NULL), 0);
	ERRNO(attr(KVM_HAS_DEVICE_ATTR, 0, 1, NULL), ENXIO);
	ERRNO(attr(KVM_HAS_DEVICE_ATTR, 1, 0, NULL), ENXIO);
	ERRNO(attr(KVM_SET_DEVICE_ATTR, 1, 0, &f), ENXIO);
	ERRNO(attr(KVM_SET_DEVICE_ATTR, 0, 0, NULL), EFAULT);
	ERRNO(attr(KVM_SET_DEVICE_ATTR, 0, 0, &f), EINVAL);	/* pad */
	ERRNO(filter(VERSION_FN, 0, KVM_SMCCC_FILTER_DENY), EINVAL);
	ERRNO(filter(VERSION_FN, 1, KVM_SMCCC_FILTER_FWD_TO_USER + 1),
	      EINVAL);
	ERRNO(filter(~0u, 2, KVM_SMCCC_FILTER_DENY), EINVAL);
	/* What tells of mitigations is not the VMM's. */
	ERRNO(filter(ARCH_FEATURES, 1, KVM_SMCCC_FILTER_DENY), EEXIST);
	ERRNO(filter(0xc0000000, 1, KVM_SMCCC_FILTER_DENY), EEXIST);
	ERRNO(filter(VENDOR, 16, KVM_SMCCC_FILTER_DENY), 0);
	ERRNO(filter(VENDOR + 15, 1, KVM_SMCCC_FILTER_HANDLE), EEXIST);
	ERRNO(filter(VENDOR + 16, 1, KVM_SMCCC_FILTER_HANDLE), 0);
	return true;
}

static bool after_run(void)
{
	uint64_t x[4] = { VERSION_FN };

	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	EXPECT(vm_hvc(&vm, x), DONE, 0x10001);
	ERRNO(filter(VENDOR, 1, KVM_SMCCC_FILTER_DENY), EBUSY);
	return true;
}

static bool deny(void)
{
	uint64_t x[4] = { VERSION_FN }, y[4] = { VERSION_FN + 0xa,
						   VERSION_FN + 1 };

	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	ERRNO(filter(VERSION_FN, 1, KVM_SMCCC_FILTER_DENY), 0);
	EXPECT(vm_hvc(&vm, x), DONE, NOT_SUPPORTED);
	EXPECT(vm_hvc(&vm, y), DONE, 0);
	return true;
}

static bool forward(void)
{
	uint64_t x[4] = { VERSION_FN, 11, 12, 13 };
	struct result r;

	if (lacks(KVM_CAP_COUNTER_OFFSET))
		return true;
	ERRNO(filter(VERSION_FN, LAST_FN - VERSION_FN + 1,
		     KVM_SMCCC_FILTER_FWD_TO_USER), 0);
	r = vm_hvc(&vm, x);
	CHECK(r.how == OTHER && r.value == KVM_EXIT_HYPERCALL);
	CHECK(vm.run->hypercall.nr == VERSION_FN);
	CHECK(!vm.run->hypercall.longmode);	/* flags: by HVC */
	CHECK(x[0] == VERSION_FN && x[1] == 11 && x[3] == 13);
	/* The answer is in the registers, behind the call. */
	vm_set_reg(&vm, REG_X(0), 42);
	vm_set_reg(&vm, REG_X(4), DONE_IPA);
	CHECK(!ioctl(vm.vcpu, KVM_RUN, 0));
	CHECK(vm.run->exit_reason == KVM_EXIT_MMIO);
	CHECK(vm.run->mmio.phys_addr == DONE_IPA && vm.run->mmio.data[0] == 42);
	return true;
}

static const struct test tests[] = {
	{ "arguments", arguments },
	{ "after-run", after_run },
	{ "deny", deny },
	{ "forward", forward },
};

static void before(void)
{
	vm_features = 1u << KVM_ARM_VCPU_PSCI_0_2;
	vm_open(&vm, system_fd);
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
