/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_ERR_H
#define KSHIM_ERR_H

#include <linux/types.h>

#define MAX_ERRNO	4095

#define ERR_PTR(err)	((void *)(intptr_t)(err))
#define PTR_ERR(p)	((long)(intptr_t)(p))
#define IS_ERR(p)	((uintptr_t)(p) >= (uintptr_t)-MAX_ERRNO)

#endif
