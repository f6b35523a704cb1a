// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost - what the operations of a guest cost, in nanoseconds: instructions, in a lab
 * that counts them. A VMM of its own, so that neither hvk-run nor a guest's library is
 * part of a figure. By tests/system/bench.
 *
 *   cost DEVICE [NAME...]	"bench NAME NANOSECONDS" a line; all rows that any
 *				module has, or those that are named
 *
 * A program of cost_guest.S executes an operation ROUNDS times, the same program without
 * the operation is subtracted, and the least of REPEAT such runs is taken: the others
 * have the host's timer tick in them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cost.h"
#include "suite.h"

#define SGI		1
#define VTIMER		27
#define UNUSED_SPI	50

static void open_interrupts(struct vm *vm)
{
	vm_store32(vm, GICD_ISENABLER(0), 1u << SGI | 1u << VTIMER);
	vm_store32(vm, GICC_PMR, 0xff);
	vm_store32(vm, GICC_CTLR, 1);
}

static void *memory(size_t size)
{
	void *found = mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (found == MAP_FAILED)
		die("mmap");
	return found;
}

void machine_open(struct machine *m, unsigned int vcpus)
{
	m->vcpus = vcpus;
	vm_features = 1u << KVM_ARM_VCPU_PSCI_0_2;
	vm_open(&m->vm, system_fd);
	if (vcpus > 1) {
		m->second = m->vm;
		vm_add_vcpu(&m->second, system_fd, 1);
	}
	m->gic = vm_gic(&m->vm, GICD, GICC);
	m->programs = memory(PROGRAMS_SIZE);
	memcpy(m->programs, cost_programs, cost_programs_end - cost_programs);
	__builtin___clear_cache(m->programs, m->programs + PROGRAMS_SIZE);
	vm_slot(&m->vm, 1, 0, COST_IPA, PROGRAMS_SIZE, m->programs);
	m->words = memory(WORDS_SIZE);
	vm_slot(&m->vm, 2, 0, WORDS_IPA, WORDS_SIZE, (void *)m->words);
	open_spi(&m->vm, true);
	vm_store32(&m->vm, GICD_ISENABLER(UNUSED_SPI), 1u << UNUSED_SPI % 32);
	open_interrupts(&m->vm);
	if (vcpus > 1)
		open_interrupts(&m->second);
}

void machine_close(struct machine *m)
{
	close(m->gic);
	if (m->vcpus > 1) {
		munmap(m->second.run, m->second.run_size);
		close(m->second.vcpu);
	}
	vm_close(&m->vm);
	munmap(m->programs, PROGRAMS_SIZE);
	munmap((void *)m->words, WORDS_SIZE);
}

/* The next KVM_RUN begins the program. */
static void set_program(struct vm *vm, const char *program, uint64_t x3,
			uint64_t x4, uint64_t x5)
{
	vm_set_reg(vm, REG_PC, COST_IPA + (program - cost_programs));
	vm_set_reg(vm, REG_X(2), DONE_IPA);
	vm_set_reg(vm, REG_X(3), x3);
	vm_set_reg(vm, REG_X(4), x4);
	vm_set_reg(vm, REG_X(5), x5);
}

/* An access that left the guest ends with the next KVM_RUN: not in the next program. */
static void finish_access(struct vm *vm)
{
	vm->run->immediate_exit = 1;
	if (!ioctl(vm->vcpu, KVM_RUN, 0))
		die("KVM_RUN with immediate_exit");
	vm->run->immediate_exit = 0;
}

struct run run_program(struct vm *vm, const char *program, uint64_t x3,
		       uint64_t x4, uint64_t x5)
{
	struct kvm_run *run = vm->run;
	struct run r;

	set_program(vm, program, x3, x4, x5);
	r.ns = now_ns();
	do {
		if (ioctl(vm->vcpu, KVM_RUN, 0))
			die("KVM_RUN");
	} while (run->exit_reason == KVM_EXIT_MMIO &&
		 run->mmio.phys_addr == DEVICE_IPA);
	r.ns = now_ns() - r.ns;
	if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.phys_addr != DONE_IPA) {
		fprintf(stderr, "exit %u at 0x%llx instead of a program's end\n",
			run->exit_reason,
			(unsigned long long)run->mmio.phys_addr);
		exit(1);
	}
	memcpy(&r.x0, run->mmio.data, sizeof(r.x0));
	finish_access(vm);
	return r;
}

/* Of REPEAT runs the least time and the least x0, after a run that does what is done once. */
static struct run least(struct vm *vm, const char *program, uint64_t x3, uint64_t x4,
			uint64_t x5)
{
	struct run best = { UINT64_MAX, UINT64_MAX };

	run_program(vm, program, x3, x4, x5);
	for (int i = 0; i < REPEAT; i++) {
		struct run r = run_program(vm, program, x3, x4, x5);

		best.ns = r.ns < best.ns ? r.ns : best.ns;
		best.x0 = r.x0 < best.x0 ? r.x0 : best.x0;
	}
	return best;
}

uint64_t least_ns(struct vm *vm, const char *program, uint64_t x3, uint64_t x4,
		  uint64_t x5)
{
	return least(vm, program, x3, x4, x5).ns;
}

uint64_t least_sum(struct vm *vm, const char *program, uint64_t x3, uint64_t x4,
		   uint64_t x5)
{
	return ns_of(least(vm, program, x3, x4, x5).x0);
}

static uint64_t frequency(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz;
}

uint64_t ns_of(uint64_t ticks)
{
	return ticks * 1000000000 / frequency();
}

uint64_t ticks_of(uint64_t ns)
{
	return ns * frequency() / 1000000000;
}

uint64_t stamps(struct vm *vm, unsigned int rounds)
{
	return least_sum(vm, cost_nothing, rounds, 0, 0);
}

void report(const char *name, uint64_t ns, uint64_t beside, uint64_t n)
{
	printf("bench %s %llu\n", name,
	       (unsigned long long)(ns < beside ? 0 : (ns - beside + n / 2) / n));
	fflush(stdout);
}

/* --- an operation that leaves the guest, or that it hopes not to leave for ------------ */

static void loop(const char *name, const char *program, const char *beside,
		 uint64_t ipa)
{
	struct machine m;

	machine_open(&m, 1);
	report(name, least_ns(&m.vm, program, ROUNDS, ipa, 0),
	       least_ns(&m.vm, beside, ROUNDS, DEVICE_IPA, 0), ROUNDS);
	machine_close(&m);
}

static void row_ioeventfd(const char *name)
{
	struct kvm_ioeventfd bell = {
		.addr = BELL_IPA,
		.len = 4,
		.fd = new_fd(),
	};
	struct machine m;

	machine_open(&m, 1);
	if (ioctl(m.vm.fd, KVM_IOEVENTFD, &bell))
		die("KVM_IOEVENTFD");
	report(name, least_ns(&m.vm, cost_store, ROUNDS, BELL_IPA, 0),
	       least_ns(&m.vm, cost_empty, ROUNDS, 0, 0), ROUNDS);
	if (!signalled(bell.fd))
		die("the eventfd was not signalled");
	machine_close(&m);
	close(bell.fd);
}

/* A row is a loop of a program, less another's, or a function. */
static const struct row {
	const char *name, *program, *beside;
	void (*measure)(const char *name);
	uint64_t ipa;
	bool if_named;	/* says nothing unless the module is told so before */
} rows[] = {
	{ "hypercall", .program = cost_hypercall, .beside = cost_empty_call },
	{ "psci-version", .program = cost_psci_version, .beside = cost_empty_call },
	{ "exit-module", .program = cost_hypercall, .beside = cost_empty_call, .if_named = true },
	{ "id-register", .program = cost_id_register, .beside = cost_empty },
	{ "ctr-el0", .program = cost_ctr_el0, .beside = cost_empty },
	{ "virtual-counter", .program = cost_virtual_counter, .beside = cost_empty },
	{ "gicd-read", .program = cost_gicd_read, .beside = cost_empty },
	{ "gicd-write", .program = cost_gicd_write, .beside = cost_empty },
	{ "gicd-write-change", .program = cost_gicd_write_change, .beside = cost_empty_write },
	{ "gicd-write-priority", .program = cost_gicd_write_priority, .beside = cost_empty_write },
	{ "physical-timer-read", .program = cost_physical_timer_read, .beside = cost_empty },
	{ "physical-timer-write", .program = cost_physical_timer_write, .beside = cost_empty },
	{ "physical-timer-arm", .program = cost_physical_timer_arm, .beside = cost_empty },
	{ "eoi", .measure = row_eoi },
	{ "sgi-self", .measure = row_sgi_self },
	{ "sgi-running", .measure = row_sgi_running },
	{ "sgi-wfi", .measure = row_sgi_wfi },
	{ "timer", .measure = row_timer },
	{ "timer-wfi", .measure = row_timer_wfi },
	{ "wfi-pending", .program = cost_wfi_pending, .beside = cost_empty },
	{ "mmio-read", .program = cost_load, .beside = cost_empty, .ipa = DEVICE_IPA },
	{ "mmio-write", .program = cost_store, .beside = cost_empty, .ipa = DEVICE_IPA },
	/* Leaving for the VMM is what gives FP back to the host on both devices. */
	{ "fp", .program = cost_load_fp, .beside = cost_load, .ipa = DEVICE_IPA },
	{ "ioeventfd", .measure = row_ioeventfd },
	{ "irqfd", .measure = row_irqfd },
	{ "first-touch", .measure = row_first_touch },
	{ "first-touch-uncached", .measure = row_first_touch_uncached },
	{ "first-touch-scattered", .measure = row_first_touch_scattered },
	{ "refault", .measure = row_refault },
	{ "first-touch-2m", .measure = row_first_touch_2m },
	{ "vm-create", .measure = row_vm_create },
	{ "vm-destroy", .measure = row_vm_destroy },
	{ "window-switch", .measure = row_window_switch },
	{ "window-exit", .measure = row_window_exit },
	{ "module-memory", .measure = row_module_memory },
	{ "exits-64-vms", .measure = row_exits_64_vms, .if_named = true },
};

static void measure(const struct row *row)
{
	if (row->measure)
		row->measure(row->name);
	else
		loop(row->name, row->program, row->beside, row->ipa);
}

int main(int argc, char **argv)
{
	size_t nr = sizeof(rows) / sizeof(rows[0]);
	struct machine first;

	if (argc < 2) {
		fprintf(stderr, "usage: cost DEVICE [NAME...]\n");
		return 2;
	}
	system_fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (system_fd < 0)
		die(argv[1]);
	many_fds(1024);
	bind_to(0);
	/* What the first VM costs is no operation's: it stays. */
	machine_open(&first, 1);
	for (size_t i = 0; argc == 2 && i < nr; i++)
		if (!rows[i].if_named)
			measure(&rows[i]);
	for (int arg = 2; arg < argc; arg++) {
		size_t i = 0;

		while (i < nr && strcmp(rows[i].name, argv[arg]))
			i++;
		if (i == nr) {
			fprintf(stderr, "cost: no row '%s'\n", argv[arg]);
			return 2;
		}
		measure(&rows[i]);
	}
	machine_close(&first);
	printf("cost-end\n");
	return 0;
}
