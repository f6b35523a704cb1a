// SPDX-License-Identifier: GPL-2.0-only
/*
 * TLB maintenance for the module (EL2, the host loaded, interrupts masked).
 * EL1 has written the tables and ordered the writes (DSB ISHST) before.
 */
#include "el2_image.h"

/*
 * TLBI by IPA or VMID works on the VMID in VTTBR_EL2, of which VTCR_EL2.VS
 * says how many bits count (DDI 0487 D8.14): both are the VM's. Before that
 * comes a DSB: a walk that the host started may still be under way at EL2, and
 * would mix its bases with the guest's VMID; none starts at EL2 (D8.1.5,
 * R_LFHQG and what follows it). Hence none is under way when the host's VMID
 * comes back, either. With erratum 1319367 walks do start here: not while
 * these are the guest's and the rest the host's.
 */
static u64 vmid_borrow(struct hvk_el2_cpu *cpu, u64 vttbr, u64 vtcr)
{
	u64 tcr = read_sysreg(tcr_el1);

	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		write_sysreg(tcr | TCR_EPD0 | TCR_EPD1, tcr_el1);
		isb();	/* walks are off before VTTBR changes */
	}
	write_sysreg(HVK_VTCR(vtcr), vtcr_el2);
	write_sysreg(vttbr & HVK_VTTBR_MASK, vttbr_el2);
	isb();	/* the VMID holds for the TLBI */
	return tcr;
}

static void vmid_return(struct hvk_el2_cpu *cpu, u64 tcr)
{
	write_sysreg(cpu->saved.vttbr, vttbr_el2);
	write_sysreg(cpu->saved.vtcr, vtcr_el2);
	if (cpu->flags & HVK_EL2_F_SPEC_AT) {
		isb();	/* both are back before walks are allowed */
		write_sysreg(tcr, tcr_el1);
	}
	isb();	/* before anything of the host translates */
}

/*
 * A TLBI that is complete on every PE of the inner-shareable domain. With some
 * errata (../errata.c) its DSB may end before another PE's last access by the
 * old translation; the second one does not.
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
	u64 tcr;

	/*
	 * EL1's table write is seen by every walker, and the host's walks here
	 * are done.
	 */
	dsb(ish);
	tcr = vmid_borrow(cpu, vttbr, vtcr);
	tlbi_complete(flags, tlbi_arg(ipas2e1is, ipa >> 12));
	/*
	 * Combined stage-1 and stage-2 entries are tagged by VA: all of this
	 * VMID's stage-1 entries go, after the stage-2 ones are gone
	 * (DDI 0487 D8.14.5), or a walk could refill one from the other.
	 */
	tlbi_complete(flags, tlbi(vmalle1is));
	isb();
	vmid_return(cpu, tcr);
}

static void tlbi_vmid(struct hvk_el2_cpu *cpu, u64 vttbr, u64 vtcr, u64 flags)
{
	u64 tcr;

	dsb(ish);	/* as above */
	tcr = vmid_borrow(cpu, vttbr, vtcr);
	tlbi_complete(flags, tlbi(vmalls12e1is));
	isb();
	vmid_return(cpu, tcr);
}

/* Another vCPU with the same VMID ran here: its ASIDs are not ours. */
static void tlbi_local(struct hvk_el2_cpu *cpu, u64 vttbr, u64 vtcr)
{
	u64 tcr;

	dsb(nsh);	/* the host's walks here are done */
	tcr = vmid_borrow(cpu, vttbr, vtcr);
	tlbi(vmalle1);
	ic(iallu);
	dsb(nsh);	/* complete on this PE, which is where the vCPU goes */
	isb();
	vmid_return(cpu, tcr);
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
		dsb(ishst);	/* table writes before */
		tlbi_complete(flags, tlbi(alle1is));
		/* VMID-tagged instruction caches (DDI 0487 D7.5) */
		ic(ialluis);
		dsb(ish);	/* complete on every PE */
		isb();
		break;
	case HVK_EL2_CALL_TLBI_EL2:
		dsb(ishst);	/* EL1's write to EL2's tables */
		tlbi_complete(flags, tlbi(alle2is));
		isb();
		break;
	}
	return HVK_EL2_ANSWER;
}
