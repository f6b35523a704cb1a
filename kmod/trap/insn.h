/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A64 loads and stores of general-purpose registers, as MMIO emulation needs
 * them where the syndrome does not describe the access (ISV = 0: forms with
 * write-back, register pairs).
 */
#ifndef HVK_TRAP_INSN_H
#define HVK_TRAP_INSN_H

#include <linux/types.h>

#include "trap/insn_state.h"

/*
 * Decodes the A64 instruction word at `word` (DDI 0487 C4.1.94). 0, or -EINVAL
 * for everything else: other classes, SIMD, exclusives, atomics, unallocated
 * and CONSTRAINED UNPREDICTABLE encodings. Pure.
 */
int hvk_insn_decode(u32 word, struct hvk_insn *insn);

#endif /* HVK_TRAP_INSN_H */
