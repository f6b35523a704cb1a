/* SPDX-License-Identifier: GPL-2.0-only */
/* kmod/el2/map.c with pages and a TLB that the test plays: what both sides call. */
#ifndef HVK_EL2_MAP_BENCH_H
#define HVK_EL2_MAP_BENCH_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- the code under test, from the test -------------------------------------- */
int el2_map_init(void);
void el2_map_exit(void);
int el2_map(__u64 pa, __u64 size);
void el2_unmap(__u64 pa, __u64 size);
unsigned int el2_mapped(void);
unsigned int el2_tables(void);
/* TTBR0_EL2. */
__u64 *el2_root(void);

/* --- the machine, from the code under test ------------------------------------- */
/* A page of zeroes, or NULL; whether the tables' lock is held. */
void *bench_el2_page(int account, int locked);
void bench_el2_free(void *page);
/* TLBs and walks find what the tables have now, beside what they had. */
void bench_el2_walk(void);
/* No TLB holds more than the tables have now. */
void bench_el2_tlbi(void);

#ifdef __cplusplus
}
#endif

#endif /* HVK_EL2_MAP_BENCH_H */
