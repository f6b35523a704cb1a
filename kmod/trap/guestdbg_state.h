/* SPDX-License-Identifier: GPL-2.0-only */
/* How the VMM debugs a vCPU (KVM_SET_GUEST_DEBUG). */
#ifndef HVK_TRAP_GUESTDBG_STATE_H
#define HVK_TRAP_GUESTDBG_STATE_H

#include <linux/types.h>

struct hvk_guestdbg {
	u32 control;		/* KVM_GUESTDBG_*; 0: the VMM does not debug the vCPU */
	bool step_due;		/* a step is done, and its exception not yet taken */
	/* The guest's own values, while the context has the VMM's for guest mode. */
	u32 flags;		/* ctx->cfg.flags */
	u64 mdscr, ss;		/* MDSCR_EL1, PSTATE.SS */
};

#endif /* HVK_TRAP_GUESTDBG_STATE_H */
