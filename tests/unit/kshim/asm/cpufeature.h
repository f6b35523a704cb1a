/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_CPUFEATURE_H
#define KSHIM_CPUFEATURE_H

#include <linux/types.h>

/* The test's: what the kernel knows of all its CPUs; id as of sys_reg(). */
u64 read_sanitised_ftr_reg(u32 id);

#endif
