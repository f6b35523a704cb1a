/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_SIGNAL_TYPES_H
#define KSHIM_SIGNAL_TYPES_H

#include <signal.h>

#endif
