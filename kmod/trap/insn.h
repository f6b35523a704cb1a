/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decodes A64 loads and stores of general-purpose registers, for MMIO emulation of those
 * that the syndrome does not describe (ISV = 0: forms with write-back, register pairs).
 */
#ifndef HVK_TRAP_INSN_H
#define HVK_TRAP_INSN_H

#include <linux/types.h>

#include "trap/insn_state.h"

/*
 * Decodes the A64 instruction `word` (DDI 0487 C4.1.94) into *insn. 0, or -EINVAL for
 * anything but such a load or store: other classes, SIMD, exclusives, atomics, unallocated
 * and CONSTRAINED UNPREDICTABLE encodings. Pure; any context.
 */
int hvk_insn_decode(u32 word, struct hvk_insn *insn);

#endif /* HVK_TRAP_INSN_H */
