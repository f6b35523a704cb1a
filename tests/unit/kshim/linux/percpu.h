/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_PERCPU_H
#define KSHIM_PERCPU_H

#include <linux/cpumask.h>

/* Where the code under test runs: the test's to say. */
extern unsigned int kshim_cpu;

#define DEFINE_PER_CPU(type, name)	__typeof__(type) name[KSHIM_NR_CPUS]
#define DECLARE_PER_CPU(type, name)	extern __typeof__(type) name[KSHIM_NR_CPUS]
#define per_cpu(name, cpu)		((name)[cpu])
#define this_cpu_read(name)		((name)[kshim_cpu])
#define this_cpu_write(name, val)	((name)[kshim_cpu] = (val))
#define this_cpu_ptr(p)			(&(*(p))[kshim_cpu])

#endif
