/* SPDX-License-Identifier: BSD-2-Clause */
/* The partition's command line: words, some of them NAME=VALUE. */
#pragma once

#include "arch.h"

/* Finds /chosen/bootargs in the device tree at IPA `device_tree`; smp.c calls it. */
void bootargs_init(uintptr_t device_tree);

/* The whole line; "" if there is none. */
const char *bootargs(void);

/* True if the word `name` is there, alone or as NAME=VALUE. */
bool bootarg_given(const char *name);

/* VALUE of NAME=VALUE as a decimal or 0x number; `otherwise` if it is not there
 * or not a number. */
uint64_t bootarg_number(const char *name, uint64_t otherwise);

/* Copies VALUE of NAME=VALUE; false, and an empty string, if it is not there. What
 * does not fit into `size` bytes is cut. */
bool bootarg_text(const char *name, char *value, size_t size);
