/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A64 loads and stores of general-purpose registers, as MMIO emulation needs
 * them where the syndrome does not describe the access (ISV = 0: forms with
 * write-back, register pairs).
 */
#ifndef HVK_INSN_H
#define HVK_INSN_H

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

/*
 * Decodes the A64 instruction word at `word` (DDI 0487 C4.1.94). 0, or -EINVAL
 * for everything else: other classes, SIMD, exclusives, atomics, unallocated
 * and CONSTRAINED UNPREDICTABLE encodings. Pure.
 */
int hvk_insn_decode(u32 word, struct hvk_insn *insn);

#endif /* HVK_INSN_H */
