/* SPDX-License-Identifier: BSD-2-Clause */
/* The console: output by hvk's hypercall if there is one, else by the PL011; input by the PL011. */
#pragma once

#include "arch.h"

/*
 * Writes the bytes as they are. Takes no lock: other PEs' output, printf()'s too, may come in
 * between.
 */
void console_write(const char *bytes, size_t size);

/* The next byte of input, or -1 if there is none. */
int console_get(void);
