/* SPDX-License-Identifier: GPL-2.0-only */
/* kmod/time/vtimer.c around entries and exits, with a PPI that the test plays. */
#ifndef HVK_VTIMER_BENCH_H
#define HVK_VTIMER_BENCH_H

#ifdef __cplusplus
extern "C" {
#endif

/* --- the code under test, from the test -------------------------------------- */
/* A new vCPU is loaded, its CNTV stopped. */
void vtimer_bench_new(void);
/* Entry and exit; `exit` is hvk_el2_run()'s answer. */
void vtimer_bench_flush(void);
void vtimer_bench_sync(int exit);
/* The guest's CNTV: its compare value and its control register; the count. */
void vtimer_bench_arm(uint64_t cval, uint64_t ctl);
void vtimer_bench_count(uint64_t count);
/* The VMM sets the guest's CNTPCT; whether the VM's other vCPU was told of it. */
bool vtimer_bench_set_ptimer_count(uint64_t count);

/* --- the machine, from the code under test ------------------------------------- */
/* The physical PPI's active state is written. */
void bench_ppi_active(bool active);
/* The virtual line of an INTID, as the vGIC is told. */
void bench_virtual_line(unsigned int intid, bool level);

#ifdef __cplusplus
}
#endif

#endif /* HVK_VTIMER_BENCH_H */
