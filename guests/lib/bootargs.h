/* SPDX-License-Identifier: BSD-2-Clause */
/* The partition's command line: words separated by spaces, NAME or NAME=VALUE. */
#pragma once

#include "arch.h"

/*
 * Copies /chosen/bootargs from the device tree at IPA `device_tree` (0: none). Called once by
 * smp.c.
 */
void bootargs_init(uintptr_t device_tree);

/* The whole line; "" if there is none. */
const char *bootargs(void);

/* Whether the line has the word `name`, alone or as NAME=VALUE. */
bool bootarg_given(const char *name);

/*
 * VALUE of NAME=VALUE as a decimal or 0x number; `otherwise` if there is none or it is not a
 * number.
 */
uint64_t bootarg_number(const char *name, uint64_t otherwise);

/*
 * Copies VALUE of NAME=VALUE to the `size` bytes at `value`, cut to fit, with a NUL. false: there
 * is none or it is empty, and so is the copy.
 */
bool bootarg_text(const char *name, char *value, size_t size);
