/* SPDX-License-Identifier: GPL-2.0-only */
/* The counts that a guest reads: CNTVCT and CNTPCT. */
#ifndef HVK_TIME_COUNTER_H
#define HVK_TIME_COUNTER_H

#include <linux/types.h>

struct hvk_vcpu;

/* The host's CNTPCT now. */
u64 hvk_ptimer_now(void);
/* The guest's CNTPCT and CNTVCT. */
u64 hvk_ptimer_count(struct hvk_vcpu *vcpu);
u64 hvk_vtimer_count(struct hvk_vcpu *vcpu);
/* Interrupts off, before the guest: the offsets into the context. */
void hvk_counter_flush(struct hvk_vcpu *vcpu);

#endif /* HVK_TIME_COUNTER_H */
