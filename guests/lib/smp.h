/* SPDX-License-Identifier: BSD-2-Clause */
/* The partition's PEs, numbered as in MPIDR_EL1.Aff0. */
#pragma once

#include "arch.h"

#define SMP_MAX 8

/* This PE's number. */
static inline unsigned int smp_id(void)
{
	return sysreg_read(mpidr_el1) & 0xff;
}

/* How many PEs the partition has, at most SMP_MAX; asks PSCI. */
unsigned int smp_count(void);

/* Each PE's stack. Below it is a guard page, which is not mapped: an overflow faults there. */
#define SMP_STACK_SIZE 0x4000ul

struct smp_stack {
	char guard[0x1000];
	char bytes[SMP_STACK_SIZE];
};

extern struct smp_stack smp_stacks[SMP_MAX];

typedef void smp_function(void *arg);

/*
 * Starts `function` on PE `cpu` (1 to SMP_MAX - 1) with MMU, vectors and GIC CPU interface
 * set up and interrupts masked. When the function returns, the PE is turned off and may be
 * started again. Returns the result of PSCI CPU_ON.
 */
int64_t smp_start(unsigned int cpu, smp_function *function, void *arg);

/*
 * Waits until the function on `cpu` has returned and PSCI reports the PE off; false after `ms`
 * milliseconds.
 */
bool smp_wait_off(unsigned int cpu, unsigned int ms);

/*
 * The partition's main function, which it defines. Called on PE 0 with the IPA of the device
 * tree. When it returns, the partition halts with exit code 0.
 */
void PartitionMain(uintptr_t device_tree);
