// SPDX-License-Identifier: GPL-2.0-only
/*
 * TLB maintenance for the module (EL2, the host loaded, interrupts masked). The calls
 * that invalidate on all PEs first order EL1's table writes before their TLBI, by a DSB.
 */
#include "el2_image.h"
#include "host.h"

/*
 * Executes a TLBI and waits until it is complete on every PE of the Inner Shareable
 * domain. With some errata (base/errata.c) the first DSB may end before another PE's
 * last access by the old translation; the second DSB does not.
 */
#define tlbi_complete(flags, invalidate) ({				\
	invalidate;							\
	dsb(ish);							\
	if ((flags) & HVK_EL2_F_REPEAT_TLBI) {				\
		invalidate;						\
		dsb(ish);						\
	}								\
})

static void tlbi_ipa(struct hvk_el2_cpu *cpu, u64 vttbr, u64 vtcr, u64 ipa,
		     u64 flags)
{
	struct vmid_kept kept;

	/*
	 * EL1's table write is visible to the walkers of all PEs before the TLBI,
	 * and the host's walks on this PE are complete.
	 */
	dsb(ish);
	vmid_borrow(cpu, vttbr, vtcr, &kept);
	tlbi_complete(flags, tlbi_arg(ipas2e1is, ipa >> 12));
	/*
	 * TLB entries that combine stage 1 and stage 2 are tagged by VA, so that all
	 * stage-1 entries of this VMID have to go. This follows after the stage-2
	 * TLBI is complete (DDI 0487 D8.14.5), or a walk could make a combined entry
	 * from a stage-2 entry that is still there.
	 */
	tlbi_complete(flags, tlbi(vmalle1is));
	isb();	/* the TLBI holds for what this PE executes next */
	vmid_return(cpu, &kept);
}

static void tlbi_vmid(struct hvk_el2_cpu *cpu, u64 vttbr, u64 vtcr, u64 flags)
{
	struct vmid_kept kept;

	dsb(ish);	/* as in tlbi_ipa() */
	vmid_borrow(cpu, vttbr, vtcr, &kept);
	tlbi_complete(flags, tlbi(vmalls12e1is));
	isb();	/* the TLBI holds for what this PE executes next */
	vmid_return(cpu, &kept);
}

/* For a vCPU that comes to this PE after another one of its VM, whose ASIDs differ. */
static void tlbi_local(struct hvk_el2_cpu *cpu, u64 vttbr, u64 vtcr)
{
	struct vmid_kept kept;

	dsb(nsh);	/* the host's walks on this PE are complete */
	vmid_borrow(cpu, vttbr, vtcr, &kept);
	tlbi_vmid_here();
	ic(iallu);
	dsb(nsh);	/* TLBI and IC complete on this PE, on which the vCPU will run */
	isb();	/* the TLBI holds for what this PE executes next */
	vmid_return(cpu, &kept);
}

u64 hvk_el2_tlb_call(struct hvk_el2_cpu *cpu, u64 call, u64 vttbr, u64 vtcr,
		     u64 ipa, u64 flags)
{
	switch (call) {
	case HVK_EL2_CALL_TLBI_IPA:
		tlbi_ipa(cpu, vttbr, vtcr, ipa, flags);
		break;
	case HVK_EL2_CALL_TLBI_VMID:
		tlbi_vmid(cpu, vttbr, vtcr, flags);
		break;
	case HVK_EL2_CALL_TLBI_LOCAL:
		tlbi_local(cpu, vttbr, vtcr);
		break;
	case HVK_EL2_CALL_TLBI_ALL:
		dsb(ishst);	/* EL1's table writes are visible to walkers before the TLBI */
		tlbi_complete(flags, tlbi(alle1is));
		/* Instruction caches may be tagged by VMID, too (DDI 0487 D7.5). */
		ic(ialluis);
		dsb(ish);	/* complete on every PE */
		isb();	/* for what this PE executes next as well */
		break;
	case HVK_EL2_CALL_TLBI_EL2:
		dsb(ishst);	/* EL1's writes to EL2's tables are visible before the TLBI */
		tlbi_complete(flags, tlbi(alle2is));
		isb();	/* for what this PE executes next as well */
		break;
	}
	return HVK_EL2_ANSWER;
}
