// SPDX-License-Identifier: GPL-2.0-only
/* The stage-2 walker, built for the machine that tests. */
#include "../../kmod/memory/table.c"
