// SPDX-License-Identifier: GPL-2.0-only
/* The finder of memory regions, built for the machine that tests. */
#include "../../kmod/memory/slot_tree.c"
