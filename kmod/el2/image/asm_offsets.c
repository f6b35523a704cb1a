// SPDX-License-Identifier: GPL-2.0-only
/* Offsets of el2_abi.h's structures for entry.S; compiled to assembly, never linked. */
#include "el2_image.h"

#define DEFINE(sym, val) ({						\
	asm volatile("\n.ascii \"->" #sym " %0\"" : : "i"(val));	\
})
#define CPU(sym, field) \
	DEFINE(CPU_##sym, __builtin_offsetof(struct hvk_el2_cpu, field))
#define CTX(sym, field) \
	DEFINE(CTX_##sym, __builtin_offsetof(struct hvk_el2_ctx, field))

void hvk_asm_offsets(void)
{
	CPU(TTBR0, ttbr0);
	CPU(TCR, tcr);
	CPU(MAIR, mair);
	CPU(SCTLR, sctlr);
	CPU(STACK_TOP, stack_top);
	CPU(VBAR_HOST, vbar_host);
	CPU(FLAGS, flags);
	CPU(BHB_LOOPS, bhb_loops);
	CPU(HAS, has);
	CPU(HOST_X18, host_x18);
	CPU(PANIC_PC, panic_pc);
	CPU(PANIC_ARG, panic_arg);
	CPU(CTX, ctx);
	CPU(KVM_INSTALLED, kvm_installed);
	CPU(SAVED_VBAR, saved.vbar);
	CPU(SAVED_SCTLR, saved.sctlr);
	CPU(SAVED_HCR, saved.hcr);
	CPU(SAVED_CPTR, saved.cptr);
	CPU(SAVED_MDCR, saved.mdcr);
	CPU(SAVED_CNTHCTL, saved.cnthctl);
	CPU(SAVED_CNTVOFF, saved.cntvoff);
	CPU(SAVED_HSTR, saved.hstr);
	CPU(SAVED_VTTBR, saved.vttbr);
	CPU(SAVED_VTCR, saved.vtcr);
	CPU(SAVED_VPIDR, saved.vpidr);
	CPU(SAVED_VMPIDR, saved.vmpidr);
	CPU(SAVED_TCR, saved.tcr);
	CPU(SAVED_MAIR, saved.mair);
	CPU(SAVED_TTBR0, saved.ttbr0);
	CPU(SAVED_TPIDR, saved.tpidr);
	CPU(FAULT_ESR, fault.esr);
	CPU(FAULT_ELR, fault.elr);
	CPU(FAULT_SPSR, fault.spsr);
	CPU(FAULT_FAR, fault.far);
	CPU(FAULT_HPFAR, fault.hpfar);
	CPU(FAULT_PAR, fault.par);
	CPU(FAULT_VECTOR, fault.vector);
	CPU(FAULT_SP, fault.sp);
	CPU(FAULT_X, fault.x);
	CPU(FAULT_AGAIN, fault.again);
	CPU(AGAIN_ESR, fault.again_esr);
	CPU(AGAIN_ELR, fault.again_elr);
	CPU(AGAIN_FAR, fault.again_far);
	CPU(CRUMB, crumb.stage);
	CPU(CRUMB_ESR, crumb.esr);
	CPU(CRUMB_ELR, crumb.elr);
	CTX(X, x);
	CTX(PC, pc);
	CTX(PSTATE, pstate);
	CTX(ESR, exit.esr);
	CTX(FAR, exit.far);
	CTX(HPFAR, exit.hpfar);
}
