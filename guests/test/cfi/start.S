/* SPDX-License-Identifier: BSD-2-Clause */
/* At the reset vector, in flash; all else is as in a program in RAM. */
#include "../tree/start.S"
