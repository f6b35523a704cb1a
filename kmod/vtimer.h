/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic timers of one vCPU. */
#ifndef HVK_VTIMER_H
#define HVK_VTIMER_H

#include <linux/hrtimer.h>
#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;

enum hvk_timer_id { HVK_TIMER_VIRT, HVK_TIMER_PHYS, HVK_NR_TIMERS };

struct hvk_vtimer {
	struct hvk_vcpu *vcpu;
	enum hvk_timer_id id;
	u32 intid;		/* guest's PPI: 27 virtual, 30 physical */
	struct hrtimer hrt;	/* blocked vCPU (virtual); always (physical) */
	bool line;		/* as last told to the vGIC */
};

int hvk_vtimer_host_init(void);
void hvk_vtimer_host_exit(void);
void hvk_vtimer_vcpu_init(struct hvk_vcpu *vcpu);
void hvk_vtimer_vcpu_reset(struct hvk_vcpu *vcpu);
void hvk_vtimer_vcpu_destroy(struct hvk_vcpu *vcpu);
int hvk_vtimer_first_run(struct hvk_vcpu *vcpu);
/* Interrupts off, around the guest. */
void hvk_vtimer_flush(struct hvk_vcpu *vcpu);
void hvk_vtimer_sync(struct hvk_vcpu *vcpu);
/* Preemption off: after the vCPU last ran on this CPU. */
void hvk_vtimer_put(struct hvk_vcpu *vcpu);
/* Around a block: an hrtimer stands in for CNTV. */
void hvk_vtimer_block(struct hvk_vcpu *vcpu);
void hvk_vtimer_unblock(struct hvk_vcpu *vcpu);
/* The trapped physical timer. Reads and writes of CNTP_CTL, CVAL, TVAL by
 * sysreg.c: `reg` is HVK_SYS_CNTP_CTL_EL0, HVK_SYS_CNTP_CVAL_EL0 or
 * HVK_TIMER_TVAL. */
#define HVK_TIMER_TVAL	1000
u64 hvk_ptimer_read(struct hvk_vcpu *vcpu, unsigned int reg);
void hvk_ptimer_write(struct hvk_vcpu *vcpu, unsigned int reg, u64 val);
/* KVM_REG_ARM_TIMER_CNT: the guest's CNTVCT, read and set (moves CNTVOFF). */
u64 hvk_vtimer_count(struct hvk_vcpu *vcpu);
void hvk_vtimer_set_count(struct hvk_vcpu *vcpu, u64 count);
/* Physical counter: CNTPCT; setting it is accepted and has no effect. */
u64 hvk_ptimer_count(struct hvk_vcpu *vcpu);

#endif /* HVK_VTIMER_H */
