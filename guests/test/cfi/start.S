/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs from flash, at the reset vector; otherwise the same as a program in RAM. */
#include "../tree/start.S"
