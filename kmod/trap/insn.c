// SPDX-License-Identifier: GPL-2.0-only
/* Decoder of A64 loads and stores (pure; DDI 0487 C4.1.94, C6.2). */
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/errno.h>

#include "trap/insn.h"

/* Fields that single and pair instructions share */
#define INSN_SIZE	GENMASK(31, 30)
#define INSN_RN		GENMASK(9, 5)
#define INSN_RT		GENMASK(4, 0)
#define INSN_VECTOR	BIT(26)

/* Load/store register: size 111 V 0x opc ... */
#define SINGLE_MASK	GENMASK(29, 27)
#define SINGLE_VALUE	(7U << 27)
#define SINGLE_FORM	GENMASK(25, 24)	/* 0: see SINGLE_INDEX, 1: unsigned offset */
#define SINGLE_OPC	GENMASK(23, 22)
#define SINGLE_BIT21	BIT(21)		/* register offset, atomics */
#define SINGLE_INDEX	GENMASK(11, 10)
#define SINGLE_IMM12	GENMASK(21, 10)
#define SINGLE_IMM9	GENMASK(20, 12)

enum { INDEX_UNSCALED, INDEX_POST, INDEX_UNPRIVILEGED, INDEX_PRE };
#define INDEX_REGISTER	2	/* SINGLE_INDEX of a register offset (bit 21 set) */

/* Load/store register pair: opc 101 V 0 form L imm7 Rt2 ... */
#define PAIR_MASK	(GENMASK(29, 27) | BIT(25))
#define PAIR_VALUE	(5U << 27)
#define PAIR_FORM	GENMASK(24, 23)
#define PAIR_LOAD	BIT(22)
#define PAIR_IMM7	GENMASK(21, 15)
#define PAIR_RT2	GENMASK(14, 10)

enum { PAIR_NO_ALLOCATE, PAIR_POST, PAIR_OFFSET, PAIR_PRE };

/* opc of single loads and stores */
enum { OPC_STORE, OPC_LOAD, OPC_LOAD_SIGNED_X, OPC_LOAD_SIGNED_W };

/* Write-back to a base register that is also an Rt is CONSTRAINED UNPREDICTABLE. */
static bool base_clobbered(const struct hvk_insn *insn)
{
	unsigned int i;

	if (!insn->writeback || insn->rn == 31)
		return false;
	for (i = 0; i < insn->nr; i++)
		if (insn->rt[i] == insn->rn)
			return true;
	return false;
}

static int decode_single(u32 word, struct hvk_insn *insn)
{
	unsigned int size = FIELD_GET(INSN_SIZE, word);
	unsigned int opc = FIELD_GET(SINGLE_OPC, word);
	unsigned int form = FIELD_GET(SINGLE_FORM, word);

	insn->nr = 1;
	insn->len = 1 << size;
	insn->rt[0] = FIELD_GET(INSN_RT, word);
	insn->rn = FIELD_GET(INSN_RN, word);
	insn->is_write = opc == OPC_STORE;
	insn->sign_extend = opc >= OPC_LOAD_SIGNED_X;
	insn->sixty_four = opc == OPC_LOAD_SIGNED_X || size == 3;
	/* PRFM or unallocated; and LDRSW, size 2, only exists with an X destination */
	if ((opc == OPC_LOAD_SIGNED_X && size == 3) ||
	    (opc == OPC_LOAD_SIGNED_W && size >= 2))
		return -EINVAL;

	if (form == 1) {
		insn->imm = FIELD_GET(SINGLE_IMM12, word) << size;
		insn->imm_valid = true;
		return 0;
	}
	if (form)
		return -EINVAL;
	if (word & SINGLE_BIT21)	/* otherwise: atomics, PAC loads */
		return FIELD_GET(SINGLE_INDEX, word) == INDEX_REGISTER ? 0 :
									 -EINVAL;

	insn->imm = sign_extend32(FIELD_GET(SINGLE_IMM9, word), 8);
	insn->imm_valid = true;
	switch (FIELD_GET(SINGLE_INDEX, word)) {
	case INDEX_POST:
		insn->post_index = true;
		insn->writeback = true;
		break;
	case INDEX_PRE:
		insn->writeback = true;
		break;
	}
	return base_clobbered(insn) ? -EINVAL : 0;
}

static int decode_pair(u32 word, struct hvk_insn *insn)
{
	unsigned int opc = FIELD_GET(INSN_SIZE, word);
	unsigned int form = FIELD_GET(PAIR_FORM, word);

	/* opc 1 is LDPSW, which has neither a store nor a non-temporal form. */
	if (opc == 3 || (opc == 1 && (form == PAIR_NO_ALLOCATE ||
				      !(word & PAIR_LOAD))))
		return -EINVAL;

	insn->nr = 2;
	insn->len = opc == 2 ? 8 : 4;
	insn->rt[0] = FIELD_GET(INSN_RT, word);
	insn->rt[1] = FIELD_GET(PAIR_RT2, word);
	insn->rn = FIELD_GET(INSN_RN, word);
	insn->is_write = !(word & PAIR_LOAD);
	insn->sign_extend = opc == 1;
	insn->sixty_four = opc != 0;
	insn->imm = sign_extend32(FIELD_GET(PAIR_IMM7, word), 6) * insn->len;
	insn->imm_valid = true;
	insn->post_index = form == PAIR_POST;
	insn->writeback = form == PAIR_POST || form == PAIR_PRE;

	/* Loading both into one register is CONSTRAINED UNPREDICTABLE. */
	if (!insn->is_write && insn->rt[0] == insn->rt[1])
		return -EINVAL;
	return base_clobbered(insn) ? -EINVAL : 0;
}

int hvk_insn_decode(u32 word, struct hvk_insn *insn)
{
	*insn = (struct hvk_insn) {};

	if (word & INSN_VECTOR)
		return -EINVAL;
	if ((word & SINGLE_MASK) == SINGLE_VALUE)
		return decode_single(word, insn);
	if ((word & PAIR_MASK) == PAIR_VALUE)
		return decode_pair(word, insn);
	return -EINVAL;
}
