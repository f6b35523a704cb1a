/* SPDX-License-Identifier: GPL-2.0-only */
/* A load or store of the guest, decoded. */
#ifndef HVK_TRAP_INSN_STATE_H
#define HVK_TRAP_INSN_STATE_H

#include <linux/types.h>

/* A load or store, decoded from the syndrome (mmio.c) or from the instruction (insn.c). */
struct hvk_insn {
	u8 nr;			/* number of registers: 1, or 2 for a pair */
	u8 len;			/* bytes for each register: 1, 2, 4 or 8 */
	u8 rt[2];		/* the registers; 31 = XZR */
	bool is_write;
	bool sign_extend;
	bool sixty_four;	/* destinations are X registers */
	bool writeback;		/* base register += imm */
	bool post_index;	/* the address is the base register, without imm */
	bool imm_valid;		/* false: the offset is a register, not imm */
	u8 rn;			/* base register; 31 = SP */
	s16 imm;		/* offset in bytes */
};

#endif /* HVK_TRAP_INSN_STATE_H */
