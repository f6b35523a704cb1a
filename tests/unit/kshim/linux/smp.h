/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_SMP_H
#define KSHIM_SMP_H

/* One CPU. */
#define raw_smp_processor_id()	0
#define smp_processor_id()	0
#define on_each_cpu(fn, arg, wait)	(fn)(arg)

#endif
