/* SPDX-License-Identifier: GPL-2.0-only */
/* What the VMM debugs of a vCPU. */
#ifndef HVK_TRAP_GUESTDBG_STATE_H
#define HVK_TRAP_GUESTDBG_STATE_H

#include <linux/types.h>

struct hvk_guestdbg {
	u32 control;		/* KVM_GUESTDBG_*; 0: nobody debugs */
	bool step_due;		/* stepped, and the exception not taken yet */
	/* The guest's own, while its place is taken. */
	u32 flags;		/* ctx->cfg.flags */
	u64 mdscr, ss;		/* MDSCR_EL1, PSTATE.SS */
};

#endif /* HVK_TRAP_GUESTDBG_STATE_H */
