/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_CPUMASK_H
#define KSHIM_CPUMASK_H

#define KSHIM_NR_CPUS		4
#define num_possible_cpus()	((unsigned int)KSHIM_NR_CPUS)
#define for_each_possible_cpu(cpu)					\
	for ((cpu) = 0; (cpu) < KSHIM_NR_CPUS; (cpu)++)

#endif
