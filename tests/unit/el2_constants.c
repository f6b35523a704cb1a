// SPDX-License-Identifier: GPL-2.0-only
/* What EL2 builds its trap registers from: its headers are not the kernel's. */
#undef __KERNEL__
#include "../../kmod/el2/image/el2_abi.h"
#include "../../kmod/el2/image/el2_arch.h"
#include "../../kmod/el2/image/host.h"
#include "pe_traps_bench.h"

uint64_t el2_constant(unsigned int trap)
{
	switch (trap) {
	case HVK_TRAP_HCR:
		return HVK_HCR_GUEST | HVK_HCR_OPTIONAL;
	case HVK_TRAP_MDCR:
		return HVK_MDCR_GUEST | MDCR_HPMN | MDCR_TDE;
	case HVK_TRAP_CPTR:
		return HVK_CPTR_GUEST;
	default:
		return 0;
	}
}

uint64_t el2_whitelist(unsigned int trap)
{
	static const uint64_t whitelist[HVK_TRAP_NR] = {
		[HVK_TRAP_HCR] = HVK_HCR_TRAPS,
		[HVK_TRAP_MDCR] = HVK_MDCR_TRAPS,
		[HVK_TRAP_CPTR] = HVK_CPTR_TRAPS,
		[HVK_TRAP_HCRX] = HVK_HCRX_TRAPS,
		[HVK_TRAP_HDFGRTR] = HVK_HDFGRTR_TRAPS,
		[HVK_TRAP_MPAM2] = HVK_MPAM2_TRAPS,
		[HVK_TRAP_MPAMHCR] = HVK_MPAMHCR_TRAPS,
	};

	return whitelist[trap];
}
