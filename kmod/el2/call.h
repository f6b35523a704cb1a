/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls to what runs guests at EL2, and finding out who owns EL2. Where the kernel is at EL1
 * they are hvc into the image (el2/image/); where it is at EL2 itself, calls of el2/vhe/.
 */
#ifndef HVK_EL2_CALL_H
#define HVK_EL2_CALL_H

#include <linux/errno.h>
#include <linux/io.h>
#include <linux/kconfig.h>
#include <linux/types.h>

#include <asm/virt.h>

#include "el2/image/el2_abi.h"
#include "el2/vhe/vhe.h"

/* hvk_el2_run()'s answer without HVK_EXIT_F_SERROR. */
static inline int hvk_exit_reason(int exit)
{
	return exit < 0 ? exit : exit & ~HVK_EXIT_F_SERROR;
}

/*
 * TLB invalidation by EL2, with the VM's VTTBR_EL2 and VTCR_EL2; complete on return.
 * ipa: the page at ipa, vmid: all of the VMID, all: all VMIDs and the instruction caches;
 * these on all PEs. local: stage 1 of the VMID and the instruction cache, on this PE.
 * 0, or -ENXIO: EL2 of this CPU is not ours. Preemption off.
 */
int hvk_el2_tlbi_ipa(u64 vttbr, u64 vtcr, u64 ipa);
int hvk_el2_tlbi_vmid(u64 vttbr, u64 vtcr);
int hvk_el2_tlbi_local(u64 vttbr, u64 vtcr);
int hvk_el2_tlbi_all(void);

/* The owner of a CPU's EL2, which answers an hvc there. Values as HVK_EL2_* of uapi/hvk.h. */
enum hvk_el2_owner { HVK_OWNER_STUB, HVK_OWNER_KVM, HVK_OWNER_HVK };

/*
 * Executes hvc #0 with x0 = fn. Only on a kernel that was started at EL2: on others it
 * is UNDEFINED. x0-x17 are clobbered, by the kernel's contract for its stub.
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

/* Whether the kernel is at EL2 itself. */
static __always_inline bool hvk_el2_is_vhe(void)
{
	return is_kernel_in_hyp_mode();
}

/* Whether KVM may run guests at any time, as nobody owns EL2. */
static __always_inline bool hvk_el2_shared_with_kvm(void)
{
	return IS_ENABLED(CONFIG_KVM) && hvk_el2_is_vhe();
}

/* The address at which EL2 accesses a page of the kernel's linear map. */
static inline u64 hvk_el2_address(const void *page)
{
	return hvk_el2_is_vhe() ? (u64)page : virt_to_phys(page);
}

/* HVK_EL2_CALL_* by whichever way this host has. Preemption off. */
static __always_inline struct hvk_hvc_result
hvk_el2_call(u64 fn, u64 a1, u64 a2, u64 a3, u64 a4)
{
	if (hvk_el2_is_vhe())
		return (struct hvk_hvc_result){ hvk_vhe_call(fn, a1, a2, a3, a4), 0 };
	return hvk_hvc(fn, a1, a2, a3, a4);
}

/*
 * Enters the guest whose context (struct hvk_el2_ctx) EL2 accesses at ctx. Interrupts off.
 * Returns HVK_EXIT_*, maybe with HVK_EXIT_F_SERROR, or -ENXIO: EL2 of this CPU is not
 * ours.
 */
static __always_inline int hvk_el2_run(u64 ctx)
{
	u64 answer = hvk_el2_is_vhe() ? hvk_vhe_run(ctx) :
					hvk_hvc(HVK_EL2_CALL_RUN, ctx, 0, 0, 0).x0;

	answer -= HVK_EL2_EXIT_BASE;

	return answer < 0x100 ? answer : -ENXIO;
}

/* Finds out by an hvc who owns EL2 of this CPU. Preemption off. */
enum hvk_el2_owner hvk_el2_probe(void);
/*
 * After entries were removed from EL2's own tables: on return no TLB or walk cache of
 * any PE holds them. Process context.
 */
void hvk_el2_tlbi_own(void);

#endif /* HVK_EL2_CALL_H */
