/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_CPUMASK_H
#define KSHIM_CPUMASK_H

#define KSHIM_NR_CPUS		4
/* Nobody looks into them. */
struct cpumask;
#define cpu_online_mask		((const struct cpumask *)0)
#define cpumask_of(cpu)		((void)(cpu), (const struct cpumask *)0)

#define nr_cpu_ids		((unsigned int)KSHIM_NR_CPUS)
#define num_possible_cpus()	((unsigned int)KSHIM_NR_CPUS)
#define for_each_possible_cpu(cpu)					\
	for ((cpu) = 0; (cpu) < KSHIM_NR_CPUS; (cpu)++)

#endif
