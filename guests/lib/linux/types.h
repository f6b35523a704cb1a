/* SPDX-License-Identifier: BSD-2-Clause */
/* The two types of <linux/types.h> that uapi/hvk_para.h needs, without Linux's headers. */
#pragma once

#include <stdint.h>

typedef uint32_t __u32;
typedef uint64_t __u64;
