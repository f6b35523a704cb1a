// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost.c's rows about VMs as a whole: how they begin and end, and that there are many.
 */
#include <stdlib.h>
#include <unistd.h>

#include "cost.h"
#include "suite.h"

#define OTHERS	63
#define BIRTHS	31

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t median(uint64_t *values, unsigned int nr)
{
	qsort(values, nr, sizeof(values[0]), by_size);
	return values[nr / 2];
}

/*
 * A VM, its vCPU, its interrupt controller and a region of memory, until it could run;
 * and the end of all that after it has run.
 */
static void births(const char *name, bool end)
{
	uint64_t created[BIRTHS], closed[BIRTHS];
	struct vm vm;

	for (int i = 0; i < BIRTHS; i++) {
		uint64_t at = now_ns();
		int gic;

		vm_open(&vm, system_fd);
		gic = vm_gic(&vm, GICD, GICC);
		created[i] = now_ns() - at;
		if (vm_load(&vm, CODE_IPA).how != DONE)
			die("the guest's load");
		at = now_ns();
		close(gic);
		vm_close(&vm);
		closed[i] = now_ns() - at;
	}
	report(name, median(end ? closed : created, BIRTHS), 0, 1);
}

void row_vm_create(const char *name)
{
	births(name, false);
}

void row_vm_destroy(const char *name)
{
	births(name, true);
}

/* The exit of "exit-module", while other VMs are open that have run before. */
void row_exits_64_vms(const char *name)
{
	static struct machine others[OTHERS];
	struct machine m;

	for (int i = 0; i < OTHERS; i++) {
		machine_open(&others[i], 1);
		run_program(&others[i].vm, cost_empty, 1, 0, 0);
	}
	machine_open(&m, 1);
	report(name, least_ns(&m.vm, cost_hypercall, ROUNDS, 0, 0),
	       least_ns(&m.vm, cost_empty_call, ROUNDS, 0, 0), ROUNDS);
	machine_close(&m);
	for (int i = 0; i < OTHERS; i++)
		machine_close(&others[i]);
}
