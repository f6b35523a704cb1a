/* SPDX-License-Identifier: BSD-2-Clause */
/* All headers of the library, for C and C++. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

#include "arch.h"
#include "board.h"
#include "bootargs.h"
#include "console.h"
#include "event.h"
#include "exc.h"
#include "gic.h"
#include "lock.h"
#include "mmu.h"
#include "para.h"
#include "pipe.h"
#include "printf.h"
#include "psci.h"
#include "ring.h"
#include "smp.h"
#include "string.h"
#include "timer.h"
#include "virtio.h"

#ifdef __cplusplus
}
#endif
