/* SPDX-License-Identifier: GPL-2.0-only */
/* The calls into the image at EL2, and who answers them. */
#ifndef HVK_EL2_CALL_H
#define HVK_EL2_CALL_H

#include <linux/types.h>

#include "el2/image/el2_abi.h"

/*
 * Enters the guest whose context is at ctx. Interrupts off. HVK_EXIT_* (with
 * HVK_EXIT_F_SERROR), or -ENXIO: EL2 here is not ours.
 */
int hvk_el2_run(phys_addr_t ctx);

/* hvk_el2_run()'s answer without HVK_EXIT_F_SERROR. */
static inline int hvk_exit_reason(int exit)
{
	return exit < 0 ? exit : exit & ~HVK_EXIT_F_SERROR;
}

/*
 * TLB calls, with the VM's VTTBR_EL2 and VTCR_EL2: 0, or -ENXIO if EL2 here is
 * not ours. Preemption off.
 */
int hvk_el2_tlbi_ipa(u64 vttbr, u64 vtcr, u64 ipa);
int hvk_el2_tlbi_vmid(u64 vttbr, u64 vtcr);
int hvk_el2_tlbi_local(u64 vttbr, u64 vtcr);
int hvk_el2_tlbi_all(void);

/* Who answers an hvc on this CPU. */
enum hvk_el2_owner { HVK_OWNER_STUB, HVK_OWNER_KVM, HVK_OWNER_HVK };

/*
 * hvc #0 with x0 = fn. Only on a kernel that was started at EL2: elsewhere
 * it is UNDEFINED. Callee contract: x0-x17 are lost.
 */
struct hvk_hvc_result {
	u64 x0, x1;
};

static __always_inline struct hvk_hvc_result
hvk_hvc(u64 fn, u64 a1, u64 a2, u64 a3, u64 a4)
{
	register u64 x0 asm("x0") = fn;
	register u64 x1 asm("x1") = a1;
	register u64 x2 asm("x2") = a2;
	register u64 x3 asm("x3") = a3;
	register u64 x4 asm("x4") = a4;

	asm volatile("hvc	#0"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4)
		     :
		     : "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
		       "x13", "x14", "x15", "x16", "x17", "cc", "memory");
	return (struct hvk_hvc_result){ x0, x1 };
}

/* Asks by an hvc who owns EL2 of this CPU. Preemption off. */
enum hvk_el2_owner hvk_el2_probe(void);
/*
 * What was taken out of EL2's tables is in no TLB on return, nor what of
 * them a walk may have kept. Process context.
 */
void hvk_el2_tlbi_own(void);

#endif /* HVK_EL2_CALL_H */
