/* SPDX-License-Identifier: BSD-2-Clause */
/* The console: hvk's hypercall where there is one, else the PL011. */
#pragma once

#include "arch.h"

/* Writes the bytes as they are; not to be mixed with printf() of other PEs. */
void console_write(const char *bytes, size_t size);

/* The next byte of input, or -1 if there is none. */
int console_get(void);
