/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_GFP_H
#define KSHIM_GFP_H

#include <linux/types.h>

#define GFP_KERNEL		0x1u
#define GFP_ATOMIC		0x2u
#define __GFP_ZERO		0x4u
#define GFP_KERNEL_ACCOUNT	0x9u

#endif
