/* SPDX-License-Identifier: GPL-2.0-only */
/* One load or store of the guest. */
#ifndef HVK_TRAP_INSN_STATE_H
#define HVK_TRAP_INSN_STATE_H

#include <linux/types.h>

/* One load or store; what both the syndrome and the decoder produce. */
struct hvk_insn {
	u8 nr;			/* registers: 1, or 2 for a pair */
	u8 len;			/* bytes of each: 1, 2, 4 or 8 */
	u8 rt[2];		/* 31 = XZR */
	bool is_write;
	bool sign_extend;
	bool sixty_four;	/* destinations are X registers */
	bool writeback;		/* base register += imm */
	bool post_index;	/* the address is the base without imm */
	bool imm_valid;		/* the offset is imm, not a register */
	u8 rn;			/* base; 31 = SP */
	s16 imm;		/* bytes */
};

#endif /* HVK_TRAP_INSN_STATE_H */
