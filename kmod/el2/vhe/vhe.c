// SPDX-License-Identifier: GPL-2.0-only
/*
 * Running guests where the kernel itself is at EL2 (VHE). Nobody owns EL2 here: a guest runs
 * within a call of the module, which leaves EL2 as it found it, so that KVM runs guests of its
 * own beside. What the image of other hosts is asked by hvc is asked here by a call.
 */
#include <linux/irqflags.h>
#include <linux/percpu.h>

#include <asm/barrier.h>
#include <asm/sysreg.h>

#include "el2/image/el2_abi.h"
#include "el2/vhe/vhe.h"

/* ISR_EL1.A: an SError is pending */
#define ISR_A	BIT(8)

DEFINE_PER_CPU(struct hvk_el2_cpu *, hvk_vhe_pe);

void hvk_vhe_take(struct hvk_el2_cpu *cpu)
{
	/* The kernel's own profiling and trace buffers are EL2's, and a guest has none. */
	cpu->has &= ~(u64)(HVK_EL2_HAS_SPE | HVK_EL2_HAS_TRBE);
	cpu->vbar_guest = (u64)hvk_vhe_vectors;
	cpu->saved.cntvoff = 0;
	cpu->ctx = 0;
	this_cpu_write(hvk_vhe_pe, cpu);
}

/* Between the kernel's context tracking and the guest: nothing may be traced or probed here. */
noinstr u64 hvk_vhe_run(u64 ctx)
{
	struct hvk_el2_cpu *cpu = raw_cpu_read(hvk_vhe_pe);
	u64 daif, answer;

	if (!cpu)
		return HVK_STUB_ERR;
	daif = read_sysreg(daif);
	asm volatile("msr daifset, #0xf" : : : "memory");
	/*
	 * An error of the host's own stores is known once these are complete, on a PE that tells
	 * errors by SErrors (RAS); it would otherwise be taken for the guest's.
	 */
	if (cpu->has & HVK_EL2_HAS_RAS) {
		dsb(nshst);
		isb();	/* ISR is read after the DSB */
	}
	if (read_sysreg(isr_el1) & ISR_A)
		answer = HVK_EL2_EXIT_BASE + HVK_EXIT_IRQ;
	else
		answer = hvk_vhe_enter(cpu, (struct hvk_el2_ctx *)ctx);
	write_sysreg(daif, daif);
	return answer;
}

u64 hvk_vhe_call(u64 fn, u64 a1, u64 a2, u64 a3, u64 a4)
{
	struct hvk_el2_cpu *cpu = this_cpu_read(hvk_vhe_pe);
	unsigned long flags;
	u64 answer;

	if (!cpu)
		return HVK_STUB_ERR;
	switch (fn) {
	case HVK_EL2_CALL_RELEASE:
		/* KVM may have VMs with our VMIDs, and a vCPU may still be loaded here. */
		asm volatile("tlbi alle1" : : : "memory");
		dsb(nsh);	/* complete before anybody else runs a guest on this PE */
		isb();		/* for what this PE executes next as well */
		this_cpu_write(hvk_vhe_pe, NULL);
		return HVK_EL2_ANSWER;
	case HVK_EL2_CALL_PROBE:
	case HVK_EL2_CALL_TLBI_EL2:	/* no page is mapped for EL2 alone */
		return HVK_EL2_ANSWER;
	}
	/* An interrupt's handler must not run with the guest's VMID, or without TGE. */
	local_irq_save(flags);
	answer = hvk_el2_tlb_call(cpu, fn, a1, a2, a3, a4);
	local_irq_restore(flags);
	return answer;
}
