/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_BYTEORDER_H
#define KSHIM_BYTEORDER_H

#include_next <asm/byteorder.h>

#define le32_to_cpu(x)		__le32_to_cpu(x)
#define le64_to_cpu(x)		__le64_to_cpu(x)
#define cpu_to_le64(x)		__cpu_to_le64(x)

#endif
