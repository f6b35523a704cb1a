// SPDX-License-Identifier: GPL-2.0-only
/* The module's pure decoders, built for the machine that tests. */
#include "../../kmod/insn.c"
#include "../../kmod/s1walk.c"
#include "../../kmod/idreg.c"
