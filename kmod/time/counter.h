/* SPDX-License-Identifier: GPL-2.0-only */
/* The counts that a guest reads: CNTVCT and CNTPCT. */
#ifndef HVK_TIME_COUNTER_H
#define HVK_TIME_COUNTER_H

#include <linux/types.h>

struct hvk_vcpu;

/* The host's CNTPCT now. Any context. */
u64 hvk_ptimer_now(void);
/* The guest's CNTPCT and CNTVCT now: the host's count less the VM's offset. Any context. */
u64 hvk_ptimer_count(struct hvk_vcpu *vcpu);
u64 hvk_vtimer_count(struct hvk_vcpu *vcpu);
/* Interrupts off, before entry: puts the VM's offsets into the vCPU's context. */
void hvk_counter_flush(struct hvk_vcpu *vcpu);

#endif /* HVK_TIME_COUNTER_H */
