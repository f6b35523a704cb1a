// SPDX-License-Identifier: GPL-2.0-only
/* A vCPU's EL1 registers that are on a PE: regs.h. */
#include <linux/preempt.h>

#include "core/regs.h"
#include "el2/vhe/vhe.h"

void hvk_regs_sync_slow(struct hvk_vcpu *vcpu)
{
	/* If the thread leaves this PE before, they are saved as it does (sched/stay.c). */
	preempt_disable();
	hvk_vhe_sync(vcpu->ctx);
	preempt_enable();
}
