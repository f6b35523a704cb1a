// SPDX-License-Identifier: GPL-2.0-only
/*
 * EL2 of one CPU (EL1, on that CPU, interrupts off): taking it from the kernel's stub or
 * from KVM, and giving it back. el2/own.c decides when.
 */
#include <linux/cpu_pm.h>
#include <linux/cpumask.h>
#include <linux/smp.h>

#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "base/cache.h"
#include "base/mitig.h"
#include "el2/call.h"
#include "el2/crumb.h"
#include "el2/pages.h"
#include "el2/pcpu.h"
#include "el2/pe_traps.h"
#include "el2/take.h"

struct cpumask hvk_el2_without_kvm;
static const struct hvk_el2_hooks *hooks;

void hvk_el2_set_hooks(const struct hvk_el2_hooks *h)
{
	hooks = h;
}

/*
 * The PSTATE with which the image returns to EL1: what the HVC has saved in SPSR_EL2,
 * which KVM's SOFT_RESTART overwrites. So it is put together here from this CPU's PSTATE
 * (DDI 0487 C5.2.19): DAIF, and PAN, UAO, DIT, SSBS and TCO where they exist.
 */
static u64 present_pstate(void)
{
	u64 p = read_sysreg(daif) | 5 /* EL1h */;
	u64 mmfr1 = read_sysreg_s(SYS_ID_AA64MMFR1_EL1);
	u64 mmfr2 = read_sysreg_s(SYS_ID_AA64MMFR2_EL1);
	u64 pfr0 = read_sysreg_s(SYS_ID_AA64PFR0_EL1);
	u64 pfr1 = read_sysreg_s(SYS_ID_AA64PFR1_EL1);

	if (mmfr1 >> 20 & 15)				/* PAN */
		p |= read_sysreg_s(sys_reg(3, 0, 4, 2, 3)) & BIT_ULL(22);
	if (mmfr2 >> 4 & 15)				/* UAO */
		p |= read_sysreg_s(sys_reg(3, 0, 4, 2, 4)) & BIT_ULL(23);
	if (pfr0 >> 48 & 15)				/* DIT */
		p |= read_sysreg_s(sys_reg(3, 3, 4, 2, 5)) & BIT_ULL(24);
	if ((pfr1 >> 4 & 15) == 2)			/* SSBS, by MRS */
		p |= read_sysreg_s(sys_reg(3, 3, 4, 2, 6)) & BIT_ULL(12);
	if ((pfr1 >> 8 & 15) >= 2)			/* MTE: TCO */
		p |= read_sysreg_s(sys_reg(3, 3, 4, 2, 7)) & BIT_ULL(25);
	return p;
}

u64 hvk_el2_soft_restart(phys_addr_t entry, struct hvk_el2_cpu *cpu)
{
	/*
	 * Evaluate everything before the first register variable is assigned: a
	 * function call in between, even one that KASAN adds, may clobber those that
	 * are assigned already.
	 */
	u64 self = cpu->self, pstate = present_pstate();
	register u64 x0 asm("x0") = HVK_STUB_SOFT_RESTART;
	register u64 x1 asm("x1") = entry;
	register u64 x2 asm("x2") = self;
	register u64 x3 asm("x3") = 0;
	register u64 x4 asm("x4") = pstate;

	/* The stub passes x2-x4 on as x0-x2: structure, return PC, PSTATE. */
	asm volatile("adr	x3, 1f\n"
		     "hvc	#0\n"
		     "1:"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4)
		     :
		     : "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
		       "x13", "x14", "x15", "x16", "x17", "cc", "memory");
	return x0;
}

int hvk_el2_take_here(bool from_kvm)
{
	struct hvk_el2_pcpu *p = this_cpu_ptr(&hvk_el2_pcpu);
	struct hvk_pe pe;
	bool kvm = false;

	hvk_el2_crumb(HVK_CRUMB_PROBE);
	switch (hvk_el2_probe()) {
	case HVK_OWNER_HVK:
		return 0;
	case HVK_OWNER_KVM:
		if (!from_kvm)
			return -EBUSY;
		/* KVM in protected mode refuses this. */
		hvk_el2_crumb(HVK_CRUMB_KVM_RESET);
		if (hvk_hvc(HVK_STUB_RESET_VECTORS, 0, 0, 0, 0).x0)
			return -EPERM;
		kvm = true;
		break;
	case HVK_OWNER_STUB:
		break;
	}
	p->cpu->flags = hvk_host_el2_flags();
	p->cpu->bhb_loops = hvk_host_bhb_loops();
	p->cpu->kvm_installed = kvm;
	hvk_pe_read(&pe);
	hvk_pe_fill(p->cpu, &pe);
	p->cpu->host_traps_saved = 0;
	if (hvk_el2_is_vhe()) {
		hvk_vhe_take(p->cpu);
		hooks->up();
		return 0;
	}
	hvk_el2_crumb(HVK_CRUMB_RESTART);
	/* The take reads it with the MMU off: clean it to the PoC. */
	hvk_dcache_flush(p->cpu, sizeof(*p->cpu));
	hvk_el2_soft_restart(hvk_el2_take_pa, p->cpu);
	if (hvk_el2_probe() != HVK_OWNER_HVK)
		return -EIO;
	hooks->up();
	return 0;
}

int hvk_el2_give_to_kvm_here(void)
{
	struct hvk_el2_pcpu *p = this_cpu_ptr(&hvk_el2_pcpu);

	hvk_el2_crumb(HVK_CRUMB_GIVE_KVM);
	/* KVM installs itself again on CPU_PM_EXIT; our own notifier ignores these calls. */
	p->handing_back = true;
	if (!cpu_pm_enter())
		cpu_pm_exit();
	p->handing_back = false;
	if (hvk_el2_probe() == HVK_OWNER_KVM)
		return 0;
	cpumask_set_cpu(smp_processor_id(), &hvk_el2_without_kvm);
	return -EIO;
}

int hvk_el2_release_here(bool give_to_kvm)
{
	struct hvk_el2_pcpu *p = this_cpu_ptr(&hvk_el2_pcpu);
	bool kvm;

	if (hvk_el2_probe() != HVK_OWNER_HVK)
		return 0;
	kvm = READ_ONCE(p->cpu->kvm_installed);
	hooks->down(kvm);
	hvk_el2_crumb(HVK_CRUMB_RELEASE);
	hvk_el2_call(HVK_EL2_CALL_RELEASE, 0, 0, 0, 0);
	/* kvm is true as well for a KVM whose first VM appeared while EL2 was ours. */
	return give_to_kvm && kvm ? hvk_el2_give_to_kvm_here() : 0;
}
