/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls to the hypervisor: SMCCC (ARM DEN0028) and PSCI (ARM DEN0022). */
#pragma once

#include "arch.h"

#define SMCCC_VERSION	    0x80000000u
#define SMCCC_ARCH_FEATURES 0x80000001u

#define PSCI_VERSION	    0x84000000u
#define PSCI_CPU_SUSPEND    0xc4000001u
#define PSCI_CPU_OFF	    0x84000002u
#define PSCI_CPU_ON	    0xc4000003u
#define PSCI_AFFINITY_INFO  0xc4000004u
#define PSCI_MIGRATE_TYPE   0x84000006u
#define PSCI_SYSTEM_OFF	    0x84000008u
#define PSCI_SYSTEM_RESET   0x84000009u
#define PSCI_FEATURES	    0x8400000au
#define PSCI_SYSTEM_RESET2  0xc4000012u

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	-1
#define PSCI_INVALID_PARAMETERS -2
#define PSCI_DENIED		-3
#define PSCI_ALREADY_ON		-4
#define PSCI_INVALID_ADDRESS	-9

#define PSCI_AFFINITY_ON  0
#define PSCI_AFFINITY_OFF 1

/* x0 to x17 before and after a call; results are in x0 to x3. */
struct smccc {
	uint64_t x[18];
};

/* A call by HVC or SMC with all of these registers. */
void smccc_hvc(struct smccc *regs);
void smccc_smc(struct smccc *regs);

/* A call by HVC; returns x0. */
int64_t psci_call(uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3);

/* PSCI's functions, by HVC; results are PSCI_*. psci_cpu_off() returns only if it fails. */
int64_t psci_cpu_on(uint64_t mpidr, uintptr_t entry, uint64_t context);
int64_t psci_affinity_info(uint64_t mpidr);
void psci_cpu_off(void);
NORETURN void psci_system_off(void);
NORETURN void psci_system_reset(void);
