// SPDX-License-Identifier: GPL-2.0-only
/*
 * debug - KVM_SET_GUEST_DEBUG: steps, breakpoints and watchpoints that the VMM
 * sets in a guest.
 *
 *   debug DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm.
 */
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "suite.h"

#define RAM		0x40000000ull
#define DATA		(RAM + 0x800)

#define DBGBVR0		ARM64_SYS_REG(2, 0, 0, 0, 4)
#define DBGBCR0		ARM64_SYS_REG(2, 0, 0, 0, 5)
#define DBGWVR0		ARM64_SYS_REG(2, 0, 0, 0, 6)
#define DBGWCR0		ARM64_SYS_REG(2, 0, 0, 0, 7)
#define MDSCR		ARM64_SYS_REG(2, 0, 0, 2, 2)
/* Breakpoints, and in EL1 as well, where they are taken to. */
#define MDSCR_OWN	(1ull << 15 | 1ull << 13)
#define PSTATE		(KVM_REG_ARM64 | KVM_REG_SIZE_U64 |		\
			 KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(regs.pstate))
#define PSTATE_SS	(1ull << 21)

/* DBGBCR, DBGWCR: enabled at EL1 and EL0; any byte of four (eight), stores */
#define BCR		0x1e7ull
#define WCR_STORE	0x1ff7ull

/* ESR_EL2.EC */
enum { EC_BREAKPOINT = 0x30, EC_STEP = 0x32, EC_WATCHPOINT = 0x34,
       EC_BRK = 0x3c };

/* The guest: word n is at RAM + 4 n. */
static const uint32_t program[] = {
	0xd2800020,	/*  0 mov x0, #1 */
	0x91000400,	/*  1 add x0, x0, #1 */
	0xf9000020,	/*  2 str x0, [x1]	DATA */
	0xf9000040,	/*  3 str x0, [x2]	DONE_IPA: to the VMM */
	0xd4000002,	/*  4 hvc #0		PSCI_VERSION */
	0x91000400,	/*  5 add x0, x0, #1 */
	0xd4200540,	/*  6 brk #42 */
	0xd5300084,	/*  7 mrs x4, dbgbvr0_el1 */
	0xd5300245,	/*  8 mrs x5, mdscr_el1 */
	0xf9000040,	/*  9 str x0, [x2] */
};

#define AT(n)		(RAM + 4 * (n))

static struct vm vm;
static uint32_t *ram;

static int debug(uint32_t control, const struct kvm_guest_debug_arch *arch)
{
	struct kvm_guest_debug dbg = { .control = control };

	if (arch)
		dbg.arch = *arch;
	return try(vm.vcpu, KVM_SET_GUEST_DEBUG, &dbg);
}

/* Runs on; true if it ended in a debug exception of this class at this PC. */
static bool stops(unsigned int ec, uint64_t pc)
{
	uint64_t at;

	if (ioctl(vm.vcpu, KVM_RUN, 0))
		return fail("KVM_RUN: %s", strerror(errno));
	at = vm_get_reg(&vm, REG_PC);
	if (vm.run->exit_reason != KVM_EXIT_DEBUG)
		return fail("exit %u at 0x%llx", vm.run->exit_reason,
			    (unsigned long long)at);
	if (vm.run->debug.arch.hsr >> 26 != ec || at != pc)
		return fail("syndrome 0x%x at 0x%llx instead of 0x%x at 0x%llx",
			    vm.run->debug.arch.hsr, (unsigned long long)at,
			    ec, (unsigned long long)pc);
	return true;
}

static bool leaves_by_mmio(void)
{
	if (ioctl(vm.vcpu, KVM_RUN, 0))
		return fail("KVM_RUN: %s", strerror(errno));
	if (vm.run->exit_reason != KVM_EXIT_MMIO)
		return fail("exit %u", vm.run->exit_reason);
	return true;
}

/* --- the tests --------------------------------------------------------------- */

static bool control(void)
{
	ERRNO(debug(KVM_GUESTDBG_ENABLE | 1u << 31, NULL), EINVAL);
	ERRNO(debug(KVM_GUESTDBG_ENABLE, NULL), 0);
	ERRNO(debug(0, NULL), 0);
	CHECK(ioctl(system_fd, KVM_CHECK_EXTENSION, KVM_CAP_SET_GUEST_DEBUG));
	CHECK(ioctl(system_fd, KVM_CHECK_EXTENSION,
		    KVM_CAP_GUEST_DEBUG_HW_BPS) >= 2);
	CHECK(ioctl(system_fd, KVM_CHECK_EXTENSION,
		    KVM_CAP_GUEST_DEBUG_HW_WPS) >= 2);
	return true;
}

/* Whoever does an instruction, PE, module or VMM: one step is one. */
static bool single_step(void)
{
	ERRNO(debug(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP, NULL), 0);
	SHOULD(stops(EC_STEP, AT(1)));
	SHOULD(stops(EC_STEP, AT(2)));
	CHECK(vm_get_reg(&vm, REG_X(0)) == 2);
	SHOULD(stops(EC_STEP, AT(3)));		/* a page fault on its way */
	SHOULD(leaves_by_mmio());
	SHOULD(stops(EC_STEP, AT(4)));
	vm_set_reg(&vm, REG_X(0), 0x84000000);	/* PSCI_VERSION */
	SHOULD(stops(EC_STEP, AT(5)));
	CHECK(!(vm_get_reg(&vm, PSTATE) & PSTATE_SS));
	CHECK(!(vm_get_reg(&vm, MDSCR) & 1));
	/* A call's results may be in x0 to x3. */
	vm_set_reg(&vm, REG_X(1), DATA);
	vm_set_reg(&vm, REG_X(2), DONE_IPA);
	ERRNO(debug(0, NULL), 0);
	vm_set_reg(&vm, REG_PC, AT(0));
	SHOULD(leaves_by_mmio());
	CHECK(vm_get_reg(&vm, REG_PC) == AT(3));
	return true;
}

static bool software_breakpoint(void)
{
	ERRNO(debug(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP, NULL), 0);
	vm_set_reg(&vm, REG_PC, AT(6));
	SHOULD(stops(EC_BRK, AT(6)));
	CHECK((vm.run->debug.arch.hsr & 0xffff) == 42);
	SHOULD(stops(EC_BRK, AT(6)));
	/* Nobody debugs: the guest's own handler gets it. */
	ERRNO(debug(0, NULL), 0);
	SHOULD(leaves_by_mmio());
	CHECK(vm.run->mmio.phys_addr == FAULT_IPA);
	CHECK(*(uint32_t *)vm.run->mmio.data >> 26 == EC_BRK);
	return true;
}

static bool hardware(void)
{
	struct kvm_guest_debug_arch arch = {
		.dbg_bvr = { 0, AT(2) },
		.dbg_bcr = { 0, BCR },
		.dbg_wvr = { DATA },
		.dbg_wcr = { WCR_STORE },
	};
	uint32_t all = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW;

	ERRNO(debug(all, &arch), 0);
	SHOULD(stops(EC_BREAKPOINT, AT(2)));
	arch.dbg_bcr[1] = 0;
	ERRNO(debug(all, &arch), 0);
	SHOULD(stops(EC_WATCHPOINT, AT(2)));
	CHECK(vm.run->debug.arch.far == DATA);
	CHECK(!ram[(DATA - RAM) / 4]);
	arch.dbg_wcr[0] = 0;
	ERRNO(debug(all, &arch), 0);
	SHOULD(leaves_by_mmio());
	CHECK(ram[(DATA - RAM) / 4] == 2);
	return true;
}

/* The guest's own debug registers are its own, whatever the PE holds. */
static bool guests_own(void)
{
	struct kvm_guest_debug_arch arch = {
		.dbg_bvr = { AT(9) },
		.dbg_bcr = { BCR },
	};

	vm_set_reg(&vm, DBGBVR0, AT(9) + 0x1000);
	vm_set_reg(&vm, DBGBCR0, BCR);
	vm_set_reg(&vm, MDSCR, MDSCR_OWN);
	ERRNO(debug(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW, &arch), 0);
	vm_set_reg(&vm, REG_PC, AT(7));
	SHOULD(stops(EC_BREAKPOINT, AT(9)));
	CHECK(vm_get_reg(&vm, REG_X(4)) == AT(9) + 0x1000);
	CHECK(vm_get_reg(&vm, REG_X(5)) == MDSCR_OWN);
	CHECK(vm_get_reg(&vm, DBGBVR0) == AT(9) + 0x1000);
	CHECK(vm_get_reg(&vm, MDSCR) == MDSCR_OWN);
	/* Nor is the guest's breakpoint the VMM's business afterwards. */
	ERRNO(debug(0, NULL), 0);
	vm_set_reg(&vm, DBGBVR0, AT(9));
	SHOULD(leaves_by_mmio());
	CHECK(vm.run->mmio.phys_addr == FAULT_IPA);
	CHECK(*(uint32_t *)vm.run->mmio.data >> 26 == EC_BREAKPOINT + 1);
	return true;
}

/* The host's own watchpoint holds, also right after a guest with another. */
static bool hosts_own(void)
{
	static volatile uint64_t watched;
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = (uintptr_t)&watched,
		.bp_len = HW_BREAKPOINT_LEN_8,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	struct kvm_guest_debug_arch arch = {
		.dbg_wvr = { DATA, DATA, DATA, DATA },
		.dbg_wcr = { WCR_STORE, WCR_STORE, WCR_STORE, WCR_STORE },
	};
	int perf = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	uint64_t hits = 0;

	if (perf < 0 && errno == ENOSYS)
		return true;	/* a kernel without perf events */
	if (perf < 0)
		return fail("perf_event_open: %s", strerror(errno));
	ERRNO(debug(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW, &arch), 0);
	for (unsigned int i = 0; i < 10; i++) {
		SHOULD(stops(EC_WATCHPOINT, AT(2)));
		watched = i;
	}
	CHECK(read(perf, &hits, sizeof(hits)) == sizeof(hits));
	close(perf);
	if (hits != 10)
		return fail("%llu of 10 hits", (unsigned long long)hits);
	return true;
}

static const struct test tests[] = {
	{ "control", control },
	{ "single-step", single_step },
	{ "software-breakpoint", software_breakpoint },
	{ "hardware", hardware },
	{ "guests-own", guests_own },
	{ "hosts-own", hosts_own },
};

static void before(void)
{
	vm_open(&vm, system_fd);
	ram = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ram == MAP_FAILED)
		die("mmap");
	memcpy(ram, program, sizeof(program));
	__builtin___clear_cache((char *)ram, (char *)ram + sizeof(program));
	vm_slot(&vm, 1, 0, RAM, 4096, ram);
	vm_set_reg(&vm, REG_PC, AT(0));
	vm_set_reg(&vm, REG_X(1), DATA);
	vm_set_reg(&vm, PSTATE, 0x1c5);	/* EL1h; D clear for the guest's own */
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
