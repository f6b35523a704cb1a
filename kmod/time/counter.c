// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counts that a guest reads, CNTVCT and CNTPCT, and how far each is behind the
 * host's CNTPCT (EL1; DDI 0487 D11.1.2).
 *
 * CNTVCT's offset is applied by hardware (CNTVOFF_EL2). For CNTPCT a PE without
 * FEAT_ECV has no such register: while there is an offset the guest's reads of CNTPCT
 * trap (HVK_CTX_F_PCT). Both offsets are the VM's, so that its vCPUs agree. The VMM
 * sets them through offset.c.
 */
#include <linux/compiler.h>

#include <asm/sysreg.h>

#include "core/vcpu.h"
#include "time/counter.h"

u64 hvk_ptimer_now(void)
{
	isb();	/* keeps the count from being read early */
	return read_sysreg(cntpct_el0);
}

u64 hvk_ptimer_count(struct hvk_vcpu *vcpu)
{
	return hvk_ptimer_now() - READ_ONCE(vcpu->vm->cntpoff);
}

u64 hvk_vtimer_count(struct hvk_vcpu *vcpu)
{
	return hvk_ptimer_now() - READ_ONCE(vcpu->vm->cntvoff);
}
