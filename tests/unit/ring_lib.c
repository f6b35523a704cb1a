// SPDX-License-Identifier: GPL-2.0-only
/* The partition library's message ring, built for the machine that tests. */
#include "../../guests/lib/ring.c"
