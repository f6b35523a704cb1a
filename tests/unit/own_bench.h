/* SPDX-License-Identifier: GPL-2.0-only */
/* kmod/el2/own.c on one CPU whose EL2 the test plays: what both sides call. */
#ifndef HVK_OWN_BENCH_H
#define HVK_OWN_BENCH_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- the code under test, from the test -------------------------------------- */
int own_bench_get(void);
void own_bench_put(void);
int own_bench_reclaim(void);
int own_bench_ladder_begin(void);
void own_bench_ladder_end(void);
/* The host is about to suspend; it has resumed. */
void own_bench_hold(void);
void own_bench_unhold(void);
const char *own_bench_refusal(void);

/* --- the machine, from the code under test ------------------------------------- */
/* Whether KVM has VMs. */
bool own_bench_kvm_has_vms(void);
/* Takes EL2: 0 or -errno. */
int own_bench_take(void);

#ifdef __cplusplus
}
#endif

#endif /* HVK_OWN_BENCH_H */
