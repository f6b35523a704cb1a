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

/* A stack overflow ends in the guard, a page that nobody has. */
#define SMP_STACK_SIZE 0x4000ul

struct smp_stack {
	char guard[0x1000];
	char bytes[SMP_STACK_SIZE];
};

extern struct smp_stack smp_stacks[SMP_MAX];

typedef void smp_function(void *arg);

/*
 * Starts `function` on PE `cpu`, with MMU, vectors and its GIC CPU interface
 * on and interrupts masked. When it returns, the PE is turned off and may be
 * started again. Returns PSCI's answer.
 */
int64_t smp_start(unsigned int cpu, smp_function *function, void *arg);

/* Waits until what runs on `cpu` has returned and PSCI says that it is off;
 * false after `ms` milliseconds. */
bool smp_wait_off(unsigned int cpu, unsigned int ms);

/*
 * What a partition is: called on PE 0 with the IPA of the device tree. When it
 * returns, the partition halts with exit code 0.
 */
void PartitionMain(uintptr_t device_tree);
