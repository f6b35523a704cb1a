// SPDX-License-Identifier: GPL-2.0-only
/* The module's table of errata, built for the machine that tests. */
#include "../../kmod/base/errata.c"
