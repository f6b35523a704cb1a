// SPDX-License-Identifier: GPL-2.0-only
/* The module's pure decoders, built for the machine that tests. */
#include "../../kmod/trap/insn.c"
#include "../../kmod/trap/s1walk.c"
#include "../../kmod/base/idreg.c"
