// SPDX-License-Identifier: GPL-2.0-only
/* Calls into the image at EL2 (EL1), and finding out who owns EL2. */
#include <linux/preempt.h>
#include <linux/smp.h>

#include "base/mitig.h"
#include "el2/call.h"

enum hvk_el2_owner hvk_el2_probe(void)
{
	switch ((u32)hvk_el2_call(HVK_EL2_CALL_PROBE, 0, 0, 0, 0).x0) {
	case HVK_EL2_ANSWER:
		return HVK_OWNER_HVK;
	case HVK_STUB_ERR:
		return HVK_OWNER_STUB;
	default:
		return HVK_OWNER_KVM;
	}
}

static int tlb_call(u64 call, u64 vttbr, u64 vtcr, u64 ipa)
{
	u64 flags = hvk_host_errata() & HVK_EL2_F_REPEAT_TLBI;
	u64 answer = hvk_el2_call(call, vttbr, vtcr, ipa, flags).x0;

	return answer == HVK_EL2_ANSWER ? 0 : -ENXIO;
}

int hvk_el2_tlbi_ipa(u64 vttbr, u64 vtcr, u64 ipa)
{
	return tlb_call(HVK_EL2_CALL_TLBI_IPA, vttbr, vtcr, ipa);
}

int hvk_el2_tlbi_vmid(u64 vttbr, u64 vtcr)
{
	return tlb_call(HVK_EL2_CALL_TLBI_VMID, vttbr, vtcr, 0);
}

int hvk_el2_tlbi_local(u64 vttbr, u64 vtcr)
{
	return tlb_call(HVK_EL2_CALL_TLBI_LOCAL, vttbr, vtcr, 0);
}

int hvk_el2_tlbi_all(void)
{
	return tlb_call(HVK_EL2_CALL_TLBI_ALL, 0, 0, 0);
}

static void tlbi_own_here(void *unused)
{
	tlb_call(HVK_EL2_CALL_TLBI_EL2, 0, 0, 0);
}

void hvk_el2_tlbi_own(void)
{
	int err;

	preempt_disable();
	err = tlb_call(HVK_EL2_CALL_TLBI_EL2, 0, 0, 0);
	preempt_enable();
	/*
	 * One answer is enough, because the TLBI is broadcast to all PEs. EL2 of
	 * this CPU is not ours at present if the CPU lost power or KVM took it; then
	 * all CPUs try, because EL2 of another may be. A CPU whose EL2 is taken later
	 * invalidates its own TLB in the take.
	 */
	if (err)
		on_each_cpu(tlbi_own_here, NULL, 1);
}
