/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What cost.c's rows share: a VM with an interrupt controller and the programs of
 * cost_guest.S, how one of them is run and timed, and how a figure is taken.
 */
#ifndef HVK_TESTS_API_COST_H
#define HVK_TESTS_API_COST_H

#include "gic.h"

#define COST_IPA	0x20000000ull	/* the programs */
#define PROGRAMS_SIZE	8192
#define WORDS_IPA	0x20010000ull	/* a page that vCPUs and the VMM share */
#define WORDS_SIZE	4096
#define DEVICE_IPA	0x09001000ull	/* no memory: the VMM answers */
#define BELL_IPA	0x09002000ull	/* an ioeventfd */
#define TOUCH_IPA	0x40000000ull	/* memory that is touched */

#define ROUNDS		400	/* operations in one run of a program */
#define FEW		32	/* of those that take long; a multiple of 16 */
#define REPEAT		7	/* the least of so many runs is a row's figure */

/* cost_guest.S */
extern const char cost_programs[], cost_programs_end[];
extern const char cost_empty[], cost_hypercall[], cost_psci_version[];
extern const char cost_empty_call[], cost_id_register[], cost_ctr_el0[];
extern const char cost_virtual_counter[], cost_gicd_read[], cost_gicd_write[];
extern const char cost_gicd_write_change[], cost_gicd_write_priority[], cost_empty_write[];
extern const char cost_physical_timer_read[], cost_physical_timer_write[];
extern const char cost_physical_timer_arm[], cost_load[], cost_store[];
extern const char cost_load_fp[], cost_touch[], cost_empty_touch[];
extern const char cost_wfi_pending[], cost_nothing[], cost_sgi_self[];
extern const char cost_eoi[], cost_timer[], cost_send[], cost_receive[];
extern const char cost_window[];

struct machine {
	struct vm vm;		/* with vCPU 0 */
	struct vm second;	/* the same VM with vCPU 1, if two were asked for */
	int gic;
	unsigned int vcpus;
	char *programs;
	volatile uint64_t *words;
};

void machine_open(struct machine *m, unsigned int vcpus);
void machine_close(struct machine *m);

/* A program with x3 to x5: what it did with x0, and the nanoseconds of its KVM_RUNs. */
struct run {
	uint64_t x0, ns;
};

struct run run_program(struct vm *vm, const char *program, uint64_t x3,
		       uint64_t x4, uint64_t x5);

/* The least time of REPEAT runs, after one that does what is done once. */
uint64_t least_ns(struct vm *vm, const char *program, uint64_t x3, uint64_t x4,
		  uint64_t x5);
/* The same for a program whose x0 is a sum of ticks; in nanoseconds. */
uint64_t least_sum(struct vm *vm, const char *program, uint64_t x3, uint64_t x4,
		   uint64_t x5);

/* Of the counter that a guest reads. */
uint64_t ns_of(uint64_t ticks);
uint64_t ticks_of(uint64_t ns);
/* What two readings of the counter cost in `rounds` rounds of a program. */
uint64_t stamps(struct vm *vm, unsigned int rounds);

/* `bench NAME COST`: (ns - beside) / n, rounded; never less than 0. */
void report(const char *name, uint64_t ns, uint64_t beside, uint64_t n);

/* Of values that it sorts. */
uint64_t median(uint64_t *values, unsigned int nr);

/* cost_irq.c */
void row_sgi_self(const char *name);
void row_eoi(const char *name);
void row_timer(const char *name);
void row_timer_wfi(const char *name);
void row_sgi_running(const char *name);
void row_sgi_wfi(const char *name);
void row_irqfd(const char *name);
/* cost_memory.c */
void row_first_touch(const char *name);
void row_first_touch_uncached(const char *name);
void row_first_touch_scattered(const char *name);
void row_refault(const char *name);
void row_first_touch_2m(const char *name);
/* cost_vm.c */
void row_vm_create(const char *name);
void row_vm_destroy(const char *name);
void row_exits_64_vms(const char *name);
/* cost_window.c */
void row_window_switch(const char *name);
void row_window_exit(const char *name);
/* cost_kernel.c */
void row_module_memory(const char *name);

#endif /* HVK_TESTS_API_COST_H */
