/* SPDX-License-Identifier: GPL-2.0-only */
/* The registers of a vCPU's EL1, for code of the module that reads or changes them. */
#ifndef HVK_CORE_REGS_H
#define HVK_CORE_REGS_H

#include <linux/compiler.h>

#include "core/vcpu.h"

void hvk_regs_sync_slow(struct hvk_vcpu *vcpu);

/*
 * To be called before a register of the guest's EL1 in ctx->sys[] is read or written while the
 * vCPU may be loaded, other than SCTLR_EL1, the thread registers of EL0, SP_EL0 and MDSCR_EL1:
 * with a kernel at EL2 it may be on the PE still. In the vCPU's thread, any preemption.
 */
static __always_inline void hvk_regs_sync(struct hvk_vcpu *vcpu)
{
	if (unlikely(READ_ONCE(vcpu->ctx->cfg.on_pe)))
		hvk_regs_sync_slow(vcpu);
}

#endif /* HVK_CORE_REGS_H */
