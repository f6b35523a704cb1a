/* SPDX-License-Identifier: GPL-2.0-only */
/* kmod/base/mitig.c on one CPU, and above firmware, that the test plays: what both sides call. */
#ifndef HVK_MITIG_BENCH_H
#define HVK_MITIG_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- the code under test, from the test -------------------------------------- */
/* What EL2 has to do on the CPU (MITIG_BENCH_*), and HVK_MITIG_* of the host. */
#define MITIG_BENCH_WA1 1  /* SMCCC_ARCH_WORKAROUND_1 at each exit */
#define MITIG_BENCH_WA3 2  /* _3 */
#define MITIG_BENCH_LOOP 4 /* a loop of branches */
unsigned int mitig_bench_el2(void);
uint64_t mitig_bench_mitigations(void);

/* --- the machine, from the code under test ------------------------------------- */
/* "midr_el1", "SYS_ID_AA64PFR0_EL1" and the like. */
uint64_t mitig_bench_sysreg(const char *name);
/* Whether the kernel calls firmware by SMC; what that says to ARCH_FEATURES of this function. */
bool mitig_bench_has_smc(void);
int mitig_bench_firmware(uint32_t function);

#ifdef __cplusplus
}
#endif

#endif /* HVK_MITIG_BENCH_H */
